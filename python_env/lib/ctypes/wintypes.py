"""Names that Windows gives to C's types. Pointers to them are missing, as all pointers are."""

import ctypes as _c

BYTE = _c.c_ubyte
CHAR = _c.c_char
WCHAR = _c.c_wchar
SHORT = _c.c_short
WORD = ATOM = LANGID = _c.c_ushort
INT = _c.c_int
UINT = _c.c_uint
LONG = BOOL = _c.c_long
ULONG = DWORD = COLORREF = LCID = LCTYPE = LGRPID = _c.c_ulong
LARGE_INTEGER = _LARGE_INTEGER = _c.c_longlong
ULARGE_INTEGER = _ULARGE_INTEGER = _c.c_ulonglong
FLOAT = _c.c_float
DOUBLE = _c.c_double
BOOLEAN = BYTE
# Numbers as wide as an address.
WPARAM, LPARAM = _c.c_size_t, _c.c_ssize_t
LPVOID = LPCVOID = HANDLE = _c.c_void_p
LPSTR = LPCSTR = _c.c_char_p
LPWSTR = LPCWSTR = OLESTR = LPOLESTR = _c.c_wchar_p
HACCEL = HBITMAP = HBRUSH = HCOLORSPACE = HCONV = HCONVLIST = HCURSOR = HDC = HDDEDATA = HANDLE
HDESK = HDROP = HDWP = HENHMETAFILE = HFONT = HGDIOBJ = HGLOBAL = HHOOK = HICON = HINSTANCE = HANDLE
HKEY = HKL = HLOCAL = HMENU = HMETAFILE = HMODULE = HMONITOR = HPALETTE = HPEN = HRGN = HRSRC = HANDLE
HSTR = HTASK = HWINSTA = HWND = SC_HANDLE = SERVICE_STATUS_HANDLE = HANDLE
HFILE = INT
MAX_PATH = 260


class VARIANT_BOOL(_c._SimpleCData):
    _type_ = 'h'

    @property
    def value(self):
        """Whether it is not zero; true is all ones."""
        return any(self._view)

    @value.setter
    def value(self, value):
        self._view[:] = b'\xff\xff' if value else bytes(2)

    def __repr__(self):
        return f'{self.__class__.__name__}({self.value!r})'


class RECT(_c.Structure):
    _fields_ = [(name, LONG) for name in ('left', 'top', 'right', 'bottom')]


class _SMALL_RECT(_c.Structure):
    _fields_ = [(name, SHORT) for name in ('Left', 'Top', 'Right', 'Bottom')]


class _COORD(_c.Structure):
    _fields_ = [('X', SHORT), ('Y', SHORT)]


class POINT(_c.Structure):
    _fields_ = [('x', LONG), ('y', LONG)]


class SIZE(_c.Structure):
    _fields_ = [('cx', LONG), ('cy', LONG)]


class FILETIME(_c.Structure):
    _fields_ = [('dwLowDateTime', DWORD), ('dwHighDateTime', DWORD)]


class MSG(_c.Structure):
    _fields_ = [('hWnd', HWND), ('message', UINT), ('wParam', WPARAM), ('lParam', LPARAM), ('time', DWORD), ('pt', POINT)]


_TIMES = [(f'ft{name}Time', FILETIME) for name in ('Creation', 'LastAccess', 'LastWrite')]
_SIZES = [(name, DWORD) for name in ('nFileSizeHigh', 'nFileSizeLow', 'dwReserved0', 'dwReserved1')]


class WIN32_FIND_DATAA(_c.Structure):
    _fields_ = [('dwFileAttributes', DWORD), *_TIMES, *_SIZES, ('cFileName', CHAR * MAX_PATH), ('cAlternateFileName', CHAR * 14)]


class WIN32_FIND_DATAW(_c.Structure):
    _fields_ = [('dwFileAttributes', DWORD), *_TIMES, *_SIZES, ('cFileName', WCHAR * MAX_PATH), ('cAlternateFileName', WCHAR * 14)]


RECTL = _RECTL = tagRECT = RECT
SMALL_RECT = _SMALL_RECT
POINTL = _POINTL = tagPOINT = POINT
SIZEL = tagSIZE = SIZE
_FILETIME = FILETIME
tagMSG = MSG


def RGB(red, green, blue):
    return red + (green << 8) + (blue << 16)
