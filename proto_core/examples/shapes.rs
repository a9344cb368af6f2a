//! The objects of a small language: attributes in slots that shapes describe, found again by the shape's number, seen by several
//! threads.
//!
//! `cargo run --release -p proto_core --example shapes`
//!
//! A program is lines like `p = new point` and `p.y = p.x + 4`. Each place where it names an attribute is a *site*, which remembers
//! the last shape that it met and the slot that the attribute has there: an object with the same shape needs no search. The threads
//! that run a program share its sites.

use proto_core::{
    Attached, Config, Heap, Kind, Lives, Published, RootVec, ShapeId, ShapeMode, Shared, Space, SpaceHooks, Value,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Slots that an object has in itself. Others lie in an array that hangs on it.
const INLINE: u32 = 6;

type Outcome<T> = Result<T, String>;

/// A place in a program that names an attribute.
struct Site {
    /// An atom. The table of atoms keeps nothing alive, so a hook names it to the collector.
    name: Published,
    /// The number of a shape, above, and one more than the slot there; 0 at first.
    seen: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Site {
    fn new(heap: &Heap, name: &str) -> Site {
        let name = Published::new(heap.intern(name.as_bytes()));
        Site { name, seen: AtomicU64::new(0), hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// The slot of the attribute in objects of a shape.
    fn slot(&self, space: &Space, shape: ShapeId) -> Option<usize> {
        // Relaxed: the word says all there is to say, and what it says of a shape never changes.
        let seen = self.seen.load(Ordering::Relaxed);
        if seen >> 32 == u64::from(shape.0) && seen as u32 != 0 {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Some(seen as u32 as usize - 1);
        }
        let slot = space.shape(shape).lookup(self.name.get())?;
        self.misses.fetch_add(1, Ordering::Relaxed);
        self.seen.store(u64::from(shape.0) << 32 | u64::from(slot + 1), Ordering::Relaxed);
        Some(slot as usize)
    }

    /// The attribute of an object, or else of its class.
    fn get(&self, heap: &Heap, obj: Value) -> Outcome<Value> {
        let shape = heap.shape_of(obj).ok_or_else(|| format!("{obj:?} has no attributes"))?;
        let own = self.slot(heap.space(), shape).and_then(|slot| heap.slot(obj, slot).non_empty());
        let class = || heap.attribute(heap.space().shape(shape).ty(), self.name.get());
        own.or_else(class).ok_or_else(|| format!("no attribute {:?}", self.text(heap)))
    }

    fn put(&self, heap: &Heap, obj: Value, v: Value) -> Outcome<()> {
        let shape = heap.shape_of(obj).ok_or_else(|| format!("{obj:?} takes no attributes"))?;
        let stored = match self.slot(heap.space(), shape) {
            Some(slot) => heap.set_slot(obj, slot, v),
            // A new attribute: the object's shape changes to the next one of the tree.
            None => heap.set_attribute(obj, self.name.get(), v),
        };
        if stored { Ok(()) } else { Err(format!("no place for {:?}", self.text(heap))) }
    }

    fn text(&self, heap: &Heap) -> String {
        String::from_utf8_lossy(heap.text(&self.name.get()).unwrap_or_default()).into_owned()
    }
}

/// What has a value. Sites, classes and variables are numbers.
enum Expr {
    Int(i64),
    Var(usize),
    Class(usize),
    New(usize),
    Get(Box<Expr>, usize),
    Sum(Box<Expr>, Box<Expr>),
}

enum Stmt {
    Set(usize, Expr),
    Put(Expr, usize, Expr),
}

/// The classes of the language: objects themselves, and the shape that their instances begin with.
struct Class {
    name: &'static str,
    object: Published,
    shape: ShapeId,
}

impl Class {
    fn new(heap: &Heap, name: &'static str) -> Class {
        let space = heap.space();
        let of_classes = space.new_shape(heap, Kind::Object, Value::EMPTY, 0, INLINE, ShapeMode::Normal);
        let object = heap.new_object(of_classes.id).expect("a shape of objects");
        // Such a shape lives for ever, and keeps its class. Those that follow it live as long as an object has them.
        let shape = space.new_shape(heap, Kind::Object, object, 0, INLINE, ShapeMode::Normal).id;
        Class { name, object: Published::new(object), shape }
    }
}

/// A program, and what it remembers.
struct Program {
    classes: Arc<Vec<Class>>,
    vars: Vec<String>,
    sites: Vec<Site>,
    stmts: Vec<Stmt>,
}

impl Program {
    fn parse(heap: &Heap, classes: &Arc<Vec<Class>>, vars: &[&str], text: &str) -> Outcome<Program> {
        let vars = vars.iter().map(|&v| v.to_owned()).collect();
        let mut program = Program { classes: Arc::clone(classes), vars, sites: Vec::new(), stmts: Vec::new() };
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let stmt = program.stmt(heap, line).map_err(|e| format!("{line}: {e}"))?;
            program.stmts.push(stmt);
        }
        Ok(program)
    }

    fn stmt(&mut self, heap: &Heap, line: &str) -> Outcome<Stmt> {
        let (to, from) = line.split_once('=').ok_or("no statement")?;
        let from = self.expr(heap, from)?;
        if let Some((obj, name)) = to.trim().rsplit_once('.') {
            let obj = self.term(heap, obj)?;
            return Ok(Stmt::Put(obj, self.site(heap, name), from));
        }
        let known = self.vars.iter().position(|v| v == to.trim());
        let var = known.unwrap_or_else(|| {
            self.vars.push(to.trim().to_owned());
            self.vars.len() - 1
        });
        Ok(Stmt::Set(var, from))
    }

    fn expr(&mut self, heap: &Heap, text: &str) -> Outcome<Expr> {
        match text.rsplit_once('+') {
            Some((a, b)) => Ok(Expr::Sum(Box::new(self.expr(heap, a)?), Box::new(self.term(heap, b)?))),
            None => self.term(heap, text),
        }
    }

    fn term(&mut self, heap: &Heap, text: &str) -> Outcome<Expr> {
        let text = text.trim();
        let class = |name: &str| self.classes.iter().position(|c| c.name == name);
        if let Ok(i) = text.parse() {
            return Ok(Expr::Int(i));
        }
        if let Some(name) = text.strip_prefix("new ") {
            return class(name.trim()).map(Expr::New).ok_or_else(|| format!("no class {name:?}"));
        }
        if let Some((obj, name)) = text.rsplit_once('.') {
            let obj = self.term(heap, obj)?;
            return Ok(Expr::Get(Box::new(obj), self.site(heap, name)));
        }
        let var = self.vars.iter().position(|v| v == text).map(Expr::Var);
        var.or_else(|| class(text).map(Expr::Class)).ok_or_else(|| format!("no variable {text:?}"))
    }

    fn site(&mut self, heap: &Heap, name: &str) -> usize {
        self.sites.push(Site::new(heap, name.trim()));
        self.sites.len() - 1
    }

    fn var(&self, name: &str) -> usize {
        self.vars.iter().position(|v| v == name).expect("a variable of the program")
    }

    /// Runs the program once. The variables are roots; what an expression has in work is on the native stack, where the collector
    /// looks, too.
    fn run(&self, cx: &mut Attached, vars: &mut RootVec) -> Outcome<()> {
        for stmt in &self.stmts {
            match stmt {
                Stmt::Set(var, from) => {
                    let v = self.value(cx, vars, from)?;
                    vars.set(*var, v);
                }
                Stmt::Put(obj, site, from) => {
                    let (obj, v) = (self.value(cx, vars, obj)?, self.value(cx, vars, from)?);
                    self.sites[*site].put(cx, obj, v)?;
                }
            }
            cx.poll();
        }
        Ok(())
    }

    fn value(&self, heap: &Heap, vars: &[Value], expr: &Expr) -> Outcome<Value> {
        match expr {
            Expr::Int(i) => Value::int(*i).ok_or_else(|| format!("{i} is too large")),
            Expr::Var(i) => vars[*i].non_empty().ok_or_else(|| format!("{:?} has no value", self.vars[*i])),
            Expr::Class(i) => Ok(self.classes[*i].object.get()),
            Expr::New(i) => heap.new_object(self.classes[*i].shape).ok_or_else(|| "no shape".to_owned()),
            Expr::Get(obj, site) => self.sites[*site].get(heap, self.value(heap, vars, obj)?),
            Expr::Sum(a, b) => {
                let (a, b) = (self.value(heap, vars, a)?, self.value(heap, vars, b)?);
                let sum = a.as_int().zip(b.as_int()).ok_or_else(|| format!("{a:?} + {b:?}"))?;
                Value::int(sum.0 + sum.1).ok_or_else(|| format!("{} + {} is too large", sum.0, sum.1))
            }
        }
    }

    /// How often all sites have found attributes without and with a search.
    fn counts(&self) -> (u64, u64) {
        let sum = |of: fn(&Site) -> &AtomicU64| self.sites.iter().map(|s| of(s).load(Ordering::Relaxed)).sum();
        (sum(|s| &s.hits), sum(|s| &s.misses))
    }
}

/// What the collector learns of the language, beside the stacks and roots of its threads.
struct Language {
    classes: Arc<Vec<Class>>,
    programs: Arc<Vec<Program>>,
}

impl SpaceHooks for Language {
    fn visit_space_roots(&self, f: &mut dyn FnMut(Value)) {
        self.classes.iter().for_each(|c| f(c.object.get()));
        self.programs.iter().flat_map(|p| &p.sites).for_each(|s| f(s.name.get()));
    }

    /// The number of a shape that is dead will be another one's.
    fn forget(&self, lives: &Lives) {
        for site in self.programs.iter().flat_map(|p| &p.sites) {
            if !lives.shape((site.seen.load(Ordering::Relaxed) >> 32) as u32) {
                site.seen.store(0, Ordering::Relaxed);
            }
        }
    }
}

const BUILD: &str = "
    p = new point
    p.x = seed
    p.y = p.x + 1
    q = new point
    q.x = p.y
    q.y = q.x + p.y
    link = new pair
    link.first = p
    link.second = q
    link.first.x = link.first.x + 10
";

/// Run by several threads on the same objects, all of which store the same.
const ANNOTATE: &str = "
    link.sum = link.first.x + link.second.y
    link.first.z = link.sum + link.first.dimensions
    turned = new point
    turned.y = link.first.x
    turned.x = link.first.y
    point.last = turned
";

const WIDE: &str = "
    w = new point
    w.a = 1
    w.b = w.a + w.a
    w.c = w.b + w.b
    w.d = w.c + w.c
    w.e = w.d + w.d
    w.f = w.e + w.e
    w.g = w.f + w.f
    w.h = w.g + w.g
    w.i = w.h + w.h
    w.a = w.i + w.a
";

/// Builds objects on each of so many threads, so often, and shows them to all.
pub fn run(config: Config, threads: i64, rounds: i64) -> Outcome<()> {
    let space = Space::new(config);
    let mut cx = Attached::new(space);
    let classes = Arc::new(vec![Class::new(&cx, "point"), Class::new(&cx, "pair")]);
    let parse = |vars: &[&str], text| Program::parse(&cx, &classes, vars, text);
    let programs = Arc::new(vec![
        parse(&["seed"], BUILD)?,
        parse(&["link"], ANNOTATE)?,
        parse(&[], WIDE)?,
        parse(&[], "point.dimensions = 2")?,
        parse(&["w"], "x = w.size")?,
    ]);
    // Nothing has polled so far: from here on the hook keeps names and classes.
    assert!(space.set_hooks(Box::new(Language { classes: Arc::clone(&classes), programs: Arc::clone(&programs) })));
    let [build, annotate, wide, start, wrong] = &programs[..] else { unreachable!() };
    let mut none = RootVec::new(&cx);
    start.run(&mut cx, &mut none)?;
    cx.start_sharing();

    // Each thread builds objects that only it sees, and shares the last.
    let build_all = |first: i64| {
        let mut cx = Attached::new(space);
        let mut vars = RootVec::from_slice(&cx, &vec![Value::EMPTY; build.vars.len()]);
        for seed in first..first + rounds {
            vars.set(build.var("seed"), Value::int(seed).ok_or("a large seed")?);
            build.run(&mut cx, &mut vars)?;
        }
        assert!(!cx.is_shared(vars[build.var("link")]));
        Ok(Shared::new(&cx, vars[build.var("link")]))
    };
    let links = in_parallel(&mut cx, (0..threads).map(|t| t * rounds), &build_all)?;
    // Then each gives all of these attributes that others may be giving them, too.
    let annotate_all = |_| {
        let mut cx = Attached::new(space);
        let mut vars = RootVec::from_slice(&cx, &vec![Value::EMPTY; annotate.vars.len()]);
        for link in &links {
            vars.set(annotate.var("link"), link.get(&cx));
            (0..rounds.min(100)).try_for_each(|_| annotate.run(&mut cx, &mut vars))?;
        }
        Ok(())
    };
    in_parallel(&mut cx, 0..threads, &annotate_all)?;

    let get = |obj: Value, name: &str| cx.attribute(obj, cx.intern(name.as_bytes())).ok_or(format!("no {name}"));
    let int = |obj, name| get(obj, name).map(|v| v.as_int());
    let (first, second) = (get(links[0].get(&cx), "first")?, get(links[0].get(&cx), "second")?);
    for (t, link) in (1..).zip(&links) {
        let (link, seed) = (link.get(&cx), t * rounds - 1);
        assert_eq!(int(link, "sum")?, Some(seed + 10 + 2 * (seed + 1)));
        assert_eq!(int(get(link, "first")?, "z")?, Some(seed + 10 + 2 * (seed + 1) + 2));
        // Whoever made them and whatever they hold: what got the same attributes in the same order has the same shape.
        assert_eq!(cx.shape_of(get(link, "first")?), cx.shape_of(first));
        assert_eq!(cx.shape_of(get(link, "second")?), cx.shape_of(second));
    }
    let shape = |v| cx.shape_of(v).map(|id| space.shape(id)).expect("an object");
    let names = |v| shape(v).attribute_names().map(|n| format!("{n:?}")).collect::<Vec<_>>().join(" ");
    let turned = get(classes[0].object.get(), "last")?;
    println!("{}, from {}; another order: {}", names(first), names(second), names(turned));
    assert!(shape(first).parent.is_some_and(|p| p.id == shape(second).id));
    assert!(shape(turned).id != shape(second).id && shape(turned).ty() == classes[0].object.get());

    // More attributes than fit in the object itself.
    let mut vars = RootVec::from_slice(&cx, &[Value::EMPTY]);
    wide.run(&mut cx, &mut vars)?;
    cx.collect(true);
    let a = cx.attribute(vars[0], cx.intern(b"a"));
    assert_eq!((cx.slots(vars[0]), a), (9, Value::int(257)));
    // What goes wrong is the language's to tell.
    vars.set(0, Value::EMPTY);
    vars.push(Value::EMPTY);
    let said = wrong.run(&mut cx, &mut vars).expect_err("the variable is empty");
    assert_eq!(said, "\"w\" has no value");

    let ((hits, misses), seen) =
        (build.counts(), |p: &Program| p.sites.iter().filter(|s| s.seen.load(Ordering::Relaxed) != 0).count());
    println!("{hits} of {} attributes were found without a search", hits + misses);
    assert!(hits > 9 * misses);
    let before = seen(build) + seen(annotate) + seen(wide);
    drop((links, vars));
    cx.collect(true);
    println!("{before} sites knew a shape; {} of them one that lives", seen(build) + seen(annotate) + seen(wide));
    println!("{}", space.stats());
    Ok(())
}

/// Calls `f` with each number on a thread of its own.
fn in_parallel<T: Send>(
    cx: &mut Attached,
    numbers: impl Iterator<Item = i64> + Send,
    f: &(impl Fn(i64) -> Outcome<T> + Sync),
) -> Outcome<Vec<T>> {
    cx.blocking(|| {
        thread::scope(|s| {
            let started: Vec<_> = numbers.map(|n| s.spawn(move || f(n))).collect();
            started.into_iter().map(|t| t.join().expect("no panic")).collect()
        })
    })
}

#[allow(dead_code, reason = "the tests include this file")]
fn main() -> Outcome<()> {
    run(Config::from_env(), 4, 100_000)
}
