# Shortly before the host gives up: shows what the last step has printed. Sourced by init.sh and by
# the unit of a Debian guest, with budget_s, seconds since the kernel's start.
read -r uptime _ < /proc/uptime
sleep "$((budget_s - ${uptime%.*}))"
echo 'guest: out of time; the last step has printed:'
step=$(ls /steps/*.out | tail -n 1)
tail -n 20 "$step" "${step%.out}.err"
