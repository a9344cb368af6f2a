"""subprocess and the calls below it."""
import os
import signal
import subprocess
import sys
import tempfile
import time


def attempt(f, *args, **kw):
    try:
        print("ok", f(*args, **kw))
    except Exception as e:
        print(type(e).__name__, e)


run = subprocess.run
print(run(["echo", "hi"], capture_output=True))
print(run("echo $0 $X; exit 3", shell=True, env={"X": "y", "PATH": os.environ["PATH"]}, stdout=subprocess.PIPE, text=True))
print(run(["cat"], input=b"x" * 200_000, capture_output=True).stdout == b"x" * 200_000)
print(run(["sh", "-c", "echo out; echo err >&2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout)
print(run(["pwd"], cwd="/", capture_output=True, text=True).stdout)
attempt(run, ["/nonexistent/program"])
attempt(run, ["true"], cwd="/nonexistent/dir")
attempt(run, [])
attempt(run, ["false"], check=True)
attempt(run, ["sleep", "10"], timeout=0.05)
print(subprocess.check_output(["printf", "a b"]), subprocess.call(["false"]), subprocess.getoutput("echo x"), subprocess.getstatusoutput("exit 4"))

# --- a process at work
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
p.stdin.write("line\n")
print(p.stdout.readline(), p.poll())
print(p.communicate("more\n"), p.returncode)
p = subprocess.Popen(["sleep", "10"])
p.terminate()
print(p.wait(), p)
p = subprocess.Popen(["sleep", "10"])
p.send_signal(signal.SIGKILL)
print(p.wait(timeout=10), p.poll())
with subprocess.Popen(["sh", "-c", "read x; echo got $x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
    out, err = p.communicate(b"input\n", timeout=10)
    print(out, err)
a = subprocess.Popen(["echo", "through a pipe"], stdout=subprocess.PIPE)
b = subprocess.Popen(["tr", "a-z", "A-Z"], stdin=a.stdout, stdout=subprocess.PIPE)
a.stdout.close()
print(b.communicate()[0], a.wait())

# --- descriptors
r, w = os.pipe()
show = "import os,sys\nfor fd in map(int, sys.argv[1:]):\n try: os.write(fd, b'passed'); print(fd > 2)\n except OSError as e: print(e.strerror)"
print(run([sys.executable, "-c", show, str(w)], pass_fds=[w], capture_output=True, text=True).stdout, os.read(r, 10))
print(run([sys.executable, "-c", show, str(w)], capture_output=True, text=True).stdout)
os.close(r)
os.close(w)
with tempfile.TemporaryFile() as f:
    run(["echo", "to a file"], stdout=f)
    f.seek(0)
    print(f.read())
print(run(["sh", "-c", "cat; echo done"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout)

# --- what the child is told
print(run(["sh", "-c", "umask"], umask=0o77, stdout=subprocess.PIPE).stdout)
sid = run([sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid())"], start_new_session=True, stdout=subprocess.PIPE).stdout
print(sid)
print(run([sys.executable, "-c", "import os; print(os.getpgrp() == os.getpid())"], process_group=0, stdout=subprocess.PIPE).stdout)
marks = []
r, w = os.pipe()
print(run(["true"], preexec_fn=lambda: os.write(w, b"in the child")).returncode, os.read(r, 100))
attempt(run, ["true"], preexec_fn=lambda: 1 / 0)

# --- os.posix_spawn, fork, waiting
path = "/bin/sh"
pid = os.posix_spawn(path, ["sh", "-c", "echo spawned; exit 5"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, w, 1)])
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 100))
pid = os.posix_spawnp("sh", ["sh", "-c", "kill -9 $$"], os.environ, setpgroup=0)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
attempt(os.posix_spawn, "/nonexistent", ["x"], {})
attempt(os.posix_spawn, path, [], {})
attempt(os.posix_spawn, path, ["sh"], {}, file_actions=[(99, 1)])
attempt(os.posix_spawn, path, ["sh"], {}, file_actions=[5])
with tempfile.TemporaryDirectory() as d:
    name = os.path.join(d, "out")
    actions = [(os.POSIX_SPAWN_OPEN, 1, name, os.O_WRONLY | os.O_CREAT, 0o600), (os.POSIX_SPAWN_CLOSE, 0)]
    os.waitpid(os.posix_spawn(path, ["sh", "-c", "echo written"], {}, file_actions=actions), 0)
    print(open(name).read())
pid = os.fork()
if pid == 0:
    os.write(w, b"forked")
    os._exit(7)
print(os.read(r, 100), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
pid = os.fork()
if pid == 0:
    os._exit(9)
info = os.waitid(os.P_PID, pid, os.WEXITED)
print(info.si_pid == pid, info.si_status, info.si_code == os.CLD_EXITED)
attempt(os.waitpid, pid, 0)
print(os.system("exit 6") >> 8)
p = os.popen("echo popen; exit 2")
print(p.read(), p.close())
