//! A context boots, and the type system works without any Python code.

use engine::Ctx;
use engine::prelude::*;

fn context() -> Box<Ctx> {
    Ctx::create(proto_core::Config::default())
}

#[test]
fn types_know_each_other() {
    let mut cx = context();
    let cx = &mut *cx;
    let t = cx.types;
    assert_eq!(type_of(cx, t.int.value()), t.type_);
    assert_eq!(type_of(cx, Value::small(1)), t.int);
    assert_eq!(type_of(cx, Value::TRUE), t.bool);
    assert_eq!(type_of(cx, Value::NONE), t.none_type);
    assert!(t.bool.is_subtype(t.int));
    assert_eq!(t.list.name_str(), "list");
    let r = protocol::repr(cx, t.int.value()).unwrap();
    assert_eq!(protocol::text(cx, r), "<class 'int'>");
    let list = List::new(cx).value();
    assert_eq!(type_of(cx, list), t.list);
}

#[test]
fn classes_are_made() {
    let mut cx = context();
    let cx = &mut *cx;
    let names = cx.names;
    let a = cx.intern(b"A");
    let dict = Dict::new(cx);
    let bases = Tuple::empty(cx);
    let class = protocol::call(cx, cx.types.type_.value(), &[a, bases, dict.value()]).unwrap();
    let obj = protocol::call(cx, class, &[]).unwrap();
    let x = cx.intern(b"x");
    protocol::setattr(cx, obj, x, Value::small(3)).unwrap();
    assert_eq!(protocol::getattr(cx, obj, x).unwrap(), Value::small(3));
    protocol::setattr(cx, class, x, Value::small(4)).unwrap();
    protocol::delattr(cx, obj, x).unwrap();
    assert_eq!(protocol::getattr(cx, obj, x).unwrap(), Value::small(4));
    let missing = cx.intern(b"missing");
    let err = protocol::getattr(cx, obj, missing).unwrap_err();
    let exc = cx.take(err);
    let s = protocol::str(cx, exc).unwrap();
    assert_eq!(protocol::text(cx, s), "'A' object has no attribute 'missing'");
    let c = protocol::getattr(cx, obj, names.__class__).unwrap();
    assert_eq!(c, class);
    let err = protocol::call(cx, class, &[Value::small(1)]).unwrap_err();
    let exc = cx.take(err);
    let s = protocol::str(cx, exc).unwrap();
    assert_eq!(protocol::text(cx, s), "A() takes no arguments");
}

#[test]
fn exceptions_work() {
    let mut cx = context();
    let cx = &mut *cx;
    let r = cx.os_error(2, None);
    assert!(cx.matches(&r, Exc::FileNotFoundError) && cx.matches(&r, Exc::OSError) && !cx.matches(&r, Exc::KeyError));
    let exc = cx.take(r);
    let (errno, strerror) = (cx.names.errno, cx.names.strerror);
    assert_eq!(protocol::getattr(cx, exc, errno).unwrap(), Value::small(2));
    let s = protocol::getattr(cx, exc, strerror).unwrap();
    assert_eq!(protocol::text(cx, s), "No such file or directory");
}

static COUNTER: TypeDef = TypeDef {
    nnative: 1,
    flags: TypeFlags::BASETYPE,
    new: Some(NativeDef::new(
        "__new__",
        "($type, start=0)",
        |cx, args| {
            let obj = cx.alloc_instance(args[0])?;
            obj.set_slot(cx, 0, args.or(1, Value::small(0)));
            Ok(obj.value())
        },
        "",
    )),
    slots: Slots {
        len: Some(|cx, v| Ok(Obj::of(v).and_then(|o| o.slot(cx, 0).as_int()).unwrap_or(0) as usize)),
        ..Slots::NONE
    },
    methods: &[NativeDef::new(
        "bump",
        "($self, by, /, *, times=1)",
        |cx, args| {
            let by = args.index(cx, 1)? * args.index_or(cx, 2, 1)?;
            let obj = Obj::of(args[0]).unwrap();
            let n = obj.slot(cx, 0).as_int().unwrap() + by;
            obj.set_slot(cx, 0, Value::small(n as i32));
            Ok(Value::NONE)
        },
        "Adds.",
    )],
    ..TypeDef::new("test", "Counter")
};

fn error_text(cx: &mut Ctx, r: PyResult) -> String {
    let exc = cx.take(r.unwrap_err());
    let s = protocol::str(cx, exc).unwrap();
    protocol::text(cx, s)
}

#[test]
fn native_types_bind_arguments() {
    let mut cx = context();
    let cx = &mut *cx;
    let ty = cx.add_type(&COUNTER).value();
    let start = cx.intern(b"start");
    let c = protocol::call_kw(cx, ty, &[], &[(start, Value::small(5))]).unwrap();
    assert_eq!(protocol::length(cx, c).unwrap(), 5);
    let bump = cx.intern(b"bump");
    protocol::call_method(cx, c, bump, &[Value::small(2)]).unwrap();
    let times = cx.intern(b"times");
    protocol::call_method_kw(cx, c, bump, &[Value::small(1)], &[(times, Value::small(3))]).unwrap();
    assert_eq!(protocol::length(cx, c).unwrap(), 10);
    let r = protocol::call_method(cx, c, bump, &[]);
    assert_eq!(error_text(cx, r), "bump() takes exactly 1 positional argument (0 given)");
    let tims = cx.intern(b"tims");
    let r = protocol::call_method_kw(cx, c, bump, &[Value::small(1)], &[(tims, Value::small(3))]);
    assert_eq!(error_text(cx, r), "bump() got an unexpected keyword argument 'tims'. Did you mean 'times'?");
    let name = cx.names.__len__;
    let wrapper = protocol::getattr(cx, c, name).unwrap();
    assert_eq!(protocol::call(cx, wrapper, &[]).unwrap(), Value::small(10));
}
