/**
 * A command of the command line as readonly data: its name, arguments, options, examples and exit
 * codes. The parser, the help and the tests read the same specification.
 */

/** An option; without `value` it takes none, and is true or false. */
export interface OptionSpec {
  /** Stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
  /** The only values that are accepted. */
  readonly choices?: readonly string[];
  /** The value of an option that is not given. */
  readonly fallback?: string;
}

/** Options by name: `pollMs` is `--poll-ms` on the command line, and `pollMs` everywhere else. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** An argument: `<required>`, `[optional]`, `[any number...]`. */
export interface WordSpec {
  readonly name: string;
  readonly help: string;
  /** The names that a shell offers for it; the command says itself which it accepts. */
  readonly names?: readonly string[];
}

/** A command line that works as it stands. */
export interface Example {
  /** The words that follow `ipmi-bt`. */
  readonly line: string;
  readonly help: string;
}

/** The meaning of each exit code that a command has. */
export type ExitCodes = Readonly<Record<number, string>>;

type Text<Spec extends OptionSpec> = Spec extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : string;

/** The values of options, as the command line gives them. */
export type Values<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends { readonly value: string }
    ? Specs[Name] extends { readonly fallback: string }
      ? Text<Specs[Name]>
      : Text<Specs[Name]> | undefined
    : boolean;
};

/**
 * The program that runs a command. `quick` has few of the commands, and can run the same command
 * line once more in the one that has all.
 */
export type Running<Globals> =
  | { readonly kind: 'quick'; readonly runWhole: () => Promise<number> }
  | { readonly kind: 'whole'; readonly tree: Tree<CommandSpec<OptionSpecs, Globals>> };

/** The input of a command: its arguments, its own options, and the options of every command. */
export interface Given<Specs extends OptionSpecs, Globals> {
  readonly words: readonly string[];
  readonly options: Values<Specs>;
  readonly globals: Globals;
  readonly program: Running<Globals>;
}

/** The part of a command that the parser and the help read. */
export interface Grammar<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  readonly help: string;
  readonly words?: readonly WordSpec[];
  readonly options?: Specs;
  /** Its arguments may hold a secret: no error quotes a word of its command line. */
  readonly hidesWords?: boolean;
  /** All words behind its name are its arguments: options of the program stand before it. */
  readonly takesRest?: boolean;
  /** Stands behind the options in the help. */
  readonly notes?: string;
  readonly examples?: readonly Example[];
  readonly exitCodes?: ExitCodes;
}

/** A command. */
export interface CommandSpec<Specs extends OptionSpecs, Globals> extends Grammar<Specs> {
  /**
   * Set for a command that is not given a device by `runSession`: it needs none, or takes the
   * interface for itself, and cannot run while another command has it.
   */
  readonly device?: 'none' | 'own';
  /** True for a command whose requests can go to a controller behind the BMC. */
  readonly canBridge?: boolean;
  /** Resolves to the exit code. */
  readonly run: (given: Given<Specs, Globals>) => Promise<number>;
}

/** Commands that belong together: the name of each is that of the family and a word of its own. */
export interface Family {
  readonly name: string;
  readonly help: string;
}

/** The program: its commands, and the options that each of them takes. */
export interface Tree<Command extends Grammar = Grammar> extends Grammar {
  readonly version: string;
  readonly families?: readonly Family[];
  readonly commands: readonly Command[];
}
