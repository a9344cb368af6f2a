"""Validates documents against schemas that refer to each other."""


def use():
    import jsonschema
    from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
    from referencing import Registry, Resource
    from referencing.exceptions import NoSuchResource

    person = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:person",
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 2},
            "age": {"type": "integer", "minimum": 0, "exclusiveMaximum": 150},
            "mail": {"type": "string", "format": "email"},
            "friends": {"type": "array", "items": {"$ref": "urn:person"}, "uniqueItems": True},
        },
        "required": ["name"],
        "unevaluatedProperties": False,
    }
    team = {
        "$id": "urn:team",
        "$defs": {"size": {"enum": ["small", "large"]}},
        "properties": {"lead": {"$ref": "urn:person"}, "size": {"$ref": "#/$defs/size"}},
        "if": {"properties": {"size": {"const": "large"}}, "required": ["size"]},
        "then": {"required": ["lead"]},
    }
    registry = Registry().with_resources((s["$id"], Resource.from_contents(s, default_specification=Resource.from_contents(person)._specification))
                                         for s in (person, team))
    validator = Draft202012Validator(team, registry=registry, format_checker=FormatChecker())
    documents = [
        {"lead": {"name": "Ada", "age": 36, "friends": [{"name": "Charles"}]}, "size": "small"},
        {"size": "large"},
        {"lead": {"name": "A", "age": -1, "mail": "nobody", "friends": [{"name": "Bo"}, {"name": "Bo"}], "x": 1}},
        {"lead": 5, "size": "huge"},
    ]
    out = []
    for document in documents:
        errors = sorted(validator.iter_errors(document), key=lambda e: (list(map(str, e.absolute_path)), e.validator))
        out.append([(e.json_path, e.validator, e.message, list(e.absolute_schema_path)) for e in errors])
    best = jsonschema.exceptions.best_match(validator.iter_errors(documents[2]))
    out.append((best.message, best.json_path))
    try:
        jsonschema.validate({"a": "x"}, {"properties": {"a": {"type": "integer"}}})
    except jsonschema.ValidationError as e:
        out.append(str(e))
    try:
        Draft7Validator.check_schema({"type": 5})
    except jsonschema.SchemaError as e:
        out.append((e.message, e.json_path))
    try:
        registry["urn:none"]
    except NoSuchResource as e:
        out.append(repr(e))
    out.append((len(registry), sorted(registry), registry == registry.combine(registry)))
    tree = jsonschema.ErrorTree(validator.iter_errors(documents[2]))
    out.append((tree.total_errors, sorted(tree["lead"])))
    return out


if __name__ == "__main__":
    for part in use():
        print(part)
