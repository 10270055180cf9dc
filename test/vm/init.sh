#!/bin/busybox sh
# PID 1 of the guest: sets the machine up, runs /steps/*.sh in order, tells the host on the second
# serial port what became of each (steps.ts reads it), and ends the machine.

/bin/busybox mkdir -p /dev /proc /sys /run /tmp /root
/bin/busybox --install -s /bin
chmod 755 /
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root

mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr

# The boot was quiet to be quick; from here on the kernel's messages help who reads the console.
dmesg -n 7

# Shortly before the host gives up, show what the last step has printed. The kernel hands budget_s,
# seconds since its start, from its command line to init.
(
  read -r uptime _ < /proc/uptime
  sleep "$((budget_s - ${uptime%.*}))"
  echo 'guest: out of time; the last step has printed:'
  step=$(ls /steps/*.out | tail -n 1)
  tail -n 20 "$step" "${step%.out}.err"
  reboot -f
) &

# No translation of line ends on the way to the host.
results=/dev/ttyS1
stty -F "$results" raw

for script in /steps/*.sh; do
  step=${script%.sh}
  echo "guest: $(head -n 1 "$script")"
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
reboot -f
