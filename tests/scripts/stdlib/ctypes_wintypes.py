# Programs for several systems import the names of Windows' types everywhere.
import ctypes
from ctypes import wintypes

for name in 'BYTE WORD DWORD BOOL LONG ULONG SHORT UINT CHAR WCHAR DOUBLE FLOAT LARGE_INTEGER HANDLE HWND WPARAM LPARAM LPCWSTR LPSTR'.split():
    print(name, getattr(wintypes, name).__name__, ctypes.sizeof(getattr(wintypes, name)))
for name in 'RECT SMALL_RECT _COORD POINT SIZE FILETIME MSG WIN32_FIND_DATAA WIN32_FIND_DATAW'.split():
    kind = getattr(wintypes, name)
    print(name, ctypes.sizeof(kind), [field[0] for field in kind._fields_])
r = wintypes.RECT(1, 2, 3, 4)
print(r.left, r.bottom, wintypes.MAX_PATH, wintypes.RGB(1, 2, 3), wintypes.VARIANT_BOOL(1), wintypes.tagPOINT is wintypes.POINT)
