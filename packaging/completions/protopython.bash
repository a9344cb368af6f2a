# Completion of protopython for bash.
_protopython() {
    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local options="-b -bb -B -c -d -E -h -i -I -m -O -OO -P -q -R -s -S -u -v -V -W -x -X --check-hash-based-pycs --help --help-all --help-env --help-xoptions --version"
    local words="context_aware_warnings= cpu_count= dev disable-remote-debug faulthandler frozen_modules= gil= importtime int_max_str_digits= jit= memory= no_debug_ranges perf perf_jit profile= pycache_prefix= showrefcount thread_inherit_context= timeline= tlbc= tracemalloc utf8 warn_default_encoding"
    case $previous in
        -X)
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
            return
            ;;
        --check-hash-based-pycs)
            mapfile -t COMPREPLY < <(compgen -W "always default never" -- "$cur")
            return
            ;;
        -W)
            mapfile -t COMPREPLY < <(compgen -W "default error always all module once ignore" -- "$cur")
            return
            ;;
        -c | -m) return ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    else
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -F _protopython protopython
