/**
 * Ends a script of this project in one line when Node is too old for the tools that it starts. They
 * need a newer Node than the package itself, and die of a SyntaxError in an older one.
 */

const [major = 0, minor = 0] = process.version.slice(1).split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12)) {
  const need = 'the tests and checks need Node 20.19 or newer, or 22.12 or newer';
  console.error(`ipmi-bt: this is Node ${process.version.slice(1)}, ${need} (the package: 20.19)`);
  process.exitCode = 1;
}
