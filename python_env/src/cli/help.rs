//! What `-h`, `--help-env` and `--help-xoptions` print.

/// The first line of all help.
pub const USAGE: &str = "[option] ... [-c cmd | -m mod | file | -] [arg] ...";

/// `-h`
pub const OPTIONS: &str = "\
Options (and corresponding environment variables):
-b     : issue warnings about converting bytes/bytearray to str and comparing
         bytes/bytearray with str or bytes with int (-bb: issue errors)
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-d     : debugging output of the parser: there is none, a note says so;
         also PYTHONDEBUG=x
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; forces a prompt even
         if stdin does not appear to be a terminal; also PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x
-OO    : do -O changes and also discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path; also
         PYTHONSAFEPATH
-q     : don't print version and copyright messages on interactive startup
-R     : random hashes of strings, whatever PYTHONHASHSEED says
-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered;
         this option has no effect on stdin; also PYTHONUNBUFFERED=x
-v     : verbose (trace import statements); also PYTHONVERBOSE=x
         can be supplied multiple times to increase verbosity
-V     : print the version number and exit (also --version);
         when given twice, print more information about the build
-W arg : warning control; arg is action:message:category:module:lineno
         also PYTHONWARNINGS=arg
-x     : skip first line of source
-X opt : set implementation-specific option
--check-hash-based-pycs always|default|never:
         how .pyc files with a hash of their source are checked
--help-env: print help about environment variables and exit
--help-xoptions: print help about -X options and exit
--help-all: print all help and exit

Arguments:
file   : program read from script file
-      : program read from stdin (default; interactive mode if a tty)
arg ...: arguments passed to program in sys.argv[1:]
";

/// `--help-env`
pub const ENVIRONMENT: &str = "\
Environment variables that change behavior:
PYTHONASYNCIODEBUG: enable asyncio debug mode
PYTHON_BASIC_REPL: use the plain prompt, without editing
PYTHONBREAKPOINT: what breakpoint() calls; 0: nothing
PYTHONCASEOK    : ignore case in 'import' statements (Windows)
PYTHONCOERCECLOCALE: no locale is ever coerced; =warn says so
PYTHON_COLORS   : 1: colors wherever they are possible, 0: none
PYTHONHASHSEED  : 'random', or an integer in the range [0,4294967295] for
                  predictable hashes of str and bytes
PYTHON_HISTORY  : the file that keeps the prompt's history
PYTHONHOME      : alternate <prefix> directory (or <prefix>:<exec_prefix>)
PYTHONIOENCODING: encoding[:errors] used for stdin/stdout/stderr
PYTHON_JIT      : hot code runs as machine code (-X jit)
PYTHONMALLOC    : other allocators: there are none, a note says so
PYTHONMALLOCSTATS: as PYTHONMALLOC; PROTOPYTHON_DEBUG=gc reports on memory
PYTHONPATH      : ':'-separated list of directories prefixed to sys.path
PYTHONPLATLIBDIR: override sys.platlibdir
PYTHONSTARTUP   : file executed on interactive startup (no default)
PYTHONUSERBASE  : the user base directory (site.USER_BASE)

These variables have equivalent command-line options (see --help for details):
PYTHON_CONTEXT_AWARE_WARNINGS: filters of warnings in context variables
                  (-X context_aware_warnings)
PYTHON_CPU_COUNT: override os.cpu_count() (-X cpu_count)
PYTHONDEBUG     : debugging output of the parser (-d)
PYTHONDEVMODE   : Python Development Mode (-X dev)
PYTHON_DISABLE_REMOTE_DEBUG: no remote debugging (-X disable-remote-debug)
PYTHONDONTWRITEBYTECODE: don't write .pyc files (-B)
PYTHONFAULTHANDLER: dump the traceback on fatal errors (-X faulthandler)
PYTHON_FROZEN_MODULES: whether to use frozen modules (-X frozen_modules)
PYTHON_GIL      : the global interpreter lock: there is none (-X gil)
PYTHONINSPECT   : inspect interactively after running script (-i)
PYTHONINTMAXSTRDIGITS: limit of int<->str conversions
                  (-X int_max_str_digits)
PYTHONNODEBUGRANGES: tracebacks without columns (-X no_debug_ranges)
PYTHONNOUSERSITE: disable user site directory (-s)
PYTHONOPTIMIZE  : remove assertions (-O)
PROTOPYTHON_PROFILE: sample what all threads do (-X profile)
PROTOPYTHON_TIMELINE: write when threads ran and waited (-X timeline)
PYTHON_PERF_JIT_SUPPORT: support for perf: refused (-X perf_jit)
PYTHONPERFSUPPORT: support for perf: refused (-X perf)
PYTHONPROFILEIMPORTTIME: show how long each import takes (-X importtime)
PYTHONPYCACHEPREFIX: root directory for .pyc files (-X pycache_prefix)
PYTHONSAFEPATH  : don't prepend a potentially unsafe path to sys.path (-P)
PYTHON_THREAD_INHERIT_CONTEXT: threads inherit context variables
                  (-X thread_inherit_context)
PYTHON_TLBC     : copies of bytecode for each thread (-X tlbc)
PYTHONTRACEMALLOC: trace memory allocations: refused (-X tracemalloc)
PYTHONUNBUFFERED: disable stdout/stderr buffering (-u)
PYTHONUTF8      : control the UTF-8 mode (-X utf8)
PYTHONVERBOSE   : trace import statements (-v)
PYTHONWARNDEFAULTENCODING: EncodingWarning for 'encoding=None'
                  (-X warn_default_encoding)
PYTHONWARNINGS  : warning control (-W)
";

/// `--help-xoptions`
pub const WORDS: &str = "\
The following implementation-specific options are available:
-X context_aware_warnings=[0|1]: whether filters of warnings live in context
         variables (default 1); also PYTHON_CONTEXT_AWARE_WARNINGS
-X cpu_count=N: override os.cpu_count(); =default cancels that;
         also PYTHON_CPU_COUNT
-X dev : Python Development Mode; also PYTHONDEVMODE
-X disable-remote-debug: no remote debugging (there is none);
         also PYTHON_DISABLE_REMOTE_DEBUG
-X faulthandler: dump the traceback on fatal errors; also PYTHONFAULTHANDLER
-X frozen_modules=[on|off]: the library is always part of the binary: a note
         says so for off; also PYTHON_FROZEN_MODULES
-X gil=[0|1]: there is no global interpreter lock: 1 is refused;
         also PYTHON_GIL
-X importtime[=2]: show how long each import takes; 2: also of modules that
         are loaded already; also PYTHONPROFILEIMPORTTIME
-X int_max_str_digits=N: limit of int<->str conversions, 0: none;
         also PYTHONINTMAXSTRDIGITS
-X jit=[on|off|threshold=N]: whether code that has run N times (default 1000)
         is compiled to machine code (default off); also PYTHON_JIT
-X memory=SIZE: how much memory the process may occupy before MemoryError,
         in bytes or with K, M, G, T (64M at least)
-X no_debug_ranges: tracebacks without columns; also PYTHONNODEBUGRANGES
-X perf, -X perf_jit: refused: Python functions have no machine code that a
         profiler could name; also PYTHONPERFSUPPORT, PYTHON_PERF_JIT_SUPPORT
-X profile=FILE: sample what all threads do, 1000 times a second; FILE.json is
         for speedscope, other names get collapsed stacks; %p in the name is
         the process; also PROTOPYTHON_PROFILE
-X pycache_prefix=PATH: write .pyc files to a parallel tree instead of to the
         code tree; also PYTHONPYCACHEPREFIX
-X showrefcount: there are no reference counts: a note says so
-X thread_inherit_context=[0|1]: whether threads inherit context variables
         (default 1); also PYTHON_THREAD_INHERIT_CONTEXT
-X timeline=FILE: when threads ran, waited and collected, for Perfetto; %p in
         the name is the process; also PROTOPYTHON_TIMELINE
-X tlbc=[0|1]: threads share bytecode: a note says so for 1; also PYTHON_TLBC
-X tracemalloc[=N]: refused: allocations are not traced;
         also PYTHONTRACEMALLOC
-X utf8[=0|1]: the UTF-8 mode; also PYTHONUTF8
-X warn_default_encoding: EncodingWarning for 'encoding=None';
         also PYTHONWARNDEFAULTENCODING
";
