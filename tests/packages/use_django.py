"""URLs, JSON, forms and templates through the test client."""

import sys


def use():
    import django, django.conf

    django.conf.settings.configure(
        INSTALLED_APPS=['django.contrib.contenttypes'],
        DEBUG=True,
        TEMPLATES=[{'BACKEND': 'django.template.backends.django.DjangoTemplates'}],
        ROOT_URLCONF='djurls',
        SECRET_KEY='x',
        ALLOWED_HOSTS=['*'],
        DATABASES={},
    )
    import types
    from django.urls import path
    from django.http import JsonResponse
    from django import forms

    m = types.ModuleType('djurls')
    m.urlpatterns = [path('a/<int:n>/', lambda r, n: JsonResponse({'n': n}))]
    sys.modules['djurls'] = m
    django.setup()
    from django.test import RequestFactory, Client
    from django.template import Template, Context

    class F(forms.Form):
        a = forms.IntegerField()
        b = forms.EmailField()

    f = F({'a': 'x', 'b': 'q'})
    r = Client().get('/a/5/')
    return (
        r.status_code,
        r.content,
        Template('{% for x in l %}{{x|upper}}{% if forloop.first %}!{% endif %}{% endfor %}').render(
            Context({'l': ['a', 'b']})
        ),
        f.is_valid(),
        dict(f.errors),
        Client().get('/zz').status_code,
    )


if __name__ == "__main__":
    for part in use():
        print(part)
