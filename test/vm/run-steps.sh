# Runs /steps/*.sh in order and tells the host on the second serial port what became of each
# (steps.ts reads it). Sourced by init.sh and by the unit of a Debian guest.

# No translation of line ends on the way to the host.
results=/dev/ttyS1
stty -F "$results" raw

for script in /steps/*.sh; do
  step=${script%.sh}
  read -r uptime _ < /proc/uptime
  echo "guest: $uptime s: $(head -n 1 "$script")"
  sh "$script" < /dev/null > "$step.out" 2> "$step.err"
  code=$?
  # A process left behind may still be printing: send as much as was announced, to the byte.
  out_bytes=$(stat -c %s "$step.out")
  err_bytes=$(stat -c %s "$step.err")
  {
    echo "$code $out_bytes $err_bytes"
    head -c "$out_bytes" "$step.out"
    head -c "$err_bytes" "$step.err"
  } > "$results"
done
