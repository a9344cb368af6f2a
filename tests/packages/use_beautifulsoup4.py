"""HTML and Markdown, read and written."""


def use():
    import bs4, html5lib, mistune, markdown

    s = bs4.BeautifulSoup('<p class=a>x<b>y</b><p>z', 'html.parser')
    t = bs4.BeautifulSoup('<p class=a>x<b>y</b><p>z', 'html5lib')
    return (
        str(s),
        str(t),
        [x.text for x in t.select('p.a > b')],
        mistune.html('# a\n\n*b* `c`\n\n|a|b|\n|-|-|\n|1|2|\n'),
        markdown.markdown('# a\n\n*b*\n\n    code\n', extensions=['tables', 'toc', 'fenced_code']),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
