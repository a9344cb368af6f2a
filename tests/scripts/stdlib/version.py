# Which Python this is.
import platform
import sys
import sysconfig

print(sys.version_info, hex(sys.hexversion), sys.implementation.version == sys.version_info)
print(platform.python_version(), platform.python_version_tuple(), sysconfig.get_python_version(), sys.version.split()[0])
print(sys.api_version, sysconfig.get_config_var('py_version'), sysconfig.get_config_var('py_version_short'))
