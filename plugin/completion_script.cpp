#include "plugin/completion_script.hpp"

#include <map>

namespace plugin {
namespace {

// bash takes a word apart at '=' and ':' (--context=prod/api:6443 becomes five words) and replaces
// only the last part: the words are put together again, and what stays on the line is cut off.
constexpr const char* bash_script = R"BASH(# bash completion for oc-mtc-rollback
__oc_mtc_rollback() {
    local i part line flag='' directive=0 rest=$COMP_LINE last=-1 words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        part=${COMP_WORDS[i]}
        if [[ $i -eq 0 || $rest == [[:space:]]* ]]; then
            words[++last]=$part
        else
            words[last]+=$part
        fi
        rest=${rest#*"$part"}
    done
    words=("${words[@]//[\"\']/}")
    local word=${words[last]}
    [[ -z ${part//[=:]/} ]] && part=
    [[ $word == -*=* ]] && flag=${word%%=*}=
    local kept=${word%"$part"}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line =~ ^:[0-9]+$ ]]; then
            directive=${line#:}
        else
            line=$flag$line
            printf -v line %q "${line#"$kept"}"
            COMPREPLY+=("$line")
        fi
    done < <(oc-mtc-rollback __completeNoDesc "${words[@]:1}" 2>/dev/null)
    if ((directive & 4)); then compopt +o default; fi
}
complete -o default -F __oc_mtc_rollback oc-mtc-rollback
)BASH";

constexpr const char* zsh_script = R"ZSH(#compdef oc-mtc-rollback
_oc_mtc_rollback() {
    local line name directive=0
    local -a before candidates
    before=("${(@Q)words[2,CURRENT-1]}")
    for line in ${(f)"$(oc-mtc-rollback __complete "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)"}; do
        if [[ $line == :<-> ]]; then
            directive=${line#:}
        else
            name=${line%%$'\t'*}
            candidates+=("${name//:/\\:}${${line#$name}/$'\t'/:}")
        fi
    done
    [[ $PREFIX == -*=* ]] && compset -P 1 '*='
    if (( $#candidates )); then
        _describe oc-mtc-rollback candidates
    elif (( ! (directive & 4) )); then
        _files
    fi
}
if [[ $funcstack[1] == _oc_mtc_rollback ]]; then
    _oc_mtc_rollback "$@"
else
    compdef _oc_mtc_rollback oc-mtc-rollback
fi
)ZSH";

constexpr const char* fish_script = R"FISH(# fish completion for oc-mtc-rollback
function __oc_mtc_rollback
    set -l words (commandline -opc)
    set -e words[1]
    set -l word (commandline -ct)
    set -l flag (string match -r -- '^-[^=]*=' "$word")
    set -l answer (oc-mtc-rollback __complete $words "$word" 2>/dev/null)
    if test "$answer[-1]" = :0
        set answer (__fish_complete_path (string replace -r -- '^-[^=]*=' '' "$word"))
    else
        set -e answer[-1]
    end
    for line in $answer
        echo "$flag$line"
    end
end
complete -c oc-mtc-rollback -f -a '(__oc_mtc_rollback)'
)FISH";

const std::map<std::string, const char*> scripts{
    {"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};

}  // namespace

const std::vector<std::string>& completion_shells() {
    static const std::vector<std::string> shells{"bash", "zsh", "fish"};
    return shells;
}

std::string completion_script(const std::string& shell) {
    return scripts.at(shell);
}

}  // namespace plugin
