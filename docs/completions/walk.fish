# The part of the completion for fish that is the same for all commands.

# The words before the cursor that are no options and no values of options, each on a line.
function __ipmi_bt_words
    set -l skip no
    set -l ended no
    for token in (commandline -opc)[2..]
        if test $skip = yes
            set skip no
        else if test $ended = no -a "$token" = --
            set ended yes
        else if test $ended = no && string match -qr -- '^-.' $token
            contains -- $token $__ipmi_bt_taking; and set skip yes
        else
            echo -- $token
        end
    end
end

# True where these words stand before the cursor, and no others.
function __ipmi_bt_at
    set -l words (__ipmi_bt_words)
    test "$words" = "$argv"
end

# True behind the command of these words.
function __ipmi_bt_in
    set -l words (__ipmi_bt_words)
    set -l last (count $argv)
    test (count $words) -ge $last; and test "$words[1..$last]" = "$argv"
end

# True behind the command of these words and so many arguments.
function __ipmi_bt_argument
    set -l last (math $argv[1] + (count $argv) - 1)
    __ipmi_bt_in $argv[2..]; and test (count (__ipmi_bt_words)) -eq $last
end

complete -c ipmi-bt -f
