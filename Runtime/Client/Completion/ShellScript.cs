using Rtd.Client.CommandLine;

namespace Rtd.Client.Completion;

/// <summary>The scripts that make shells ask <see cref="Completer"/>.</summary>
internal static class ShellScript
{
    /// <summary>The line up to the cursor is cut at blanks by hand: bash itself cuts at colons too, which are in images' names.</summary>
    private const string Bash = """
        # rtctl's command lines in bash:  source <(rtctl completion bash)
        _rtctl() {
            local line=${COMP_LINE:0:COMP_POINT} words word IFS=$' \t\n'
            read -ra words <<<"$line"
            [[ $line == *[[:space:]] ]] && words+=('')
            word=${words[${#words[@]}-1]}
            IFS=$'\n'
            COMPREPLY=($("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null))
            # What readline already has of the word, up to its last colon, must not come again.
            [[ $word == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}")
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
            return 0
        }
        complete -o default -F _rtctl rtctl
        """;

    private const string Zsh = """
        #compdef rtctl
        # rtctl's command lines in zsh:  source <(rtctl completion zsh), or a file _rtctl in $fpath
        _rtctl() {
            local -a candidates
            candidates=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            candidates=(${candidates:#})
            if (( ${#candidates} )); then
                compadd -S ' ' -- ${candidates:#*:}
                compadd -S '' -- ${(M)candidates:#*:}
            else
                _files
            fi
        }
        if [[ ${funcstack[1]} == _rtctl ]]; then
            _rtctl "$@"
        else
            compdef _rtctl rtctl
        fi
        """;

    private const string Fish = """
        # rtctl's command lines in fish:  rtctl completion fish | source
        function __rtctl_complete
            set -l words (commandline -opc)
            set -l candidates ($words[1] __complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
            if test (count $candidates) -gt 0
                printf '%s\n' $candidates
            else
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c rtctl -f -a '(__rtctl_complete)'
        """;

    public static int Run(ClientContext context, NoOptions options, List<string> arguments)
    {
        context.Out.WriteLine(arguments[0] switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            string other => throw new ClientException($"no completion for {other}: bash, zsh and fish are supported"),
        });
        return 0;
    }
}
