/**
 * The types that a program can see, out of all declarations that the compiler has made: what an
 * entry exports, and what that refers to. What is left out becomes empty lines, so that a map of
 * the declarations leads to the same lines of the source as before.
 */

import { dirname, relative, resolve } from 'node:path';

import ts from 'typescript';

const OPTIONS = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: [],
};

/** Collects statements and names of imports, from the statements of the entries on. */
class Visibility {
  #checker;
  #folder;
  /** Statements, and specifiers in them, that stay. */
  kept = new Set();
  files = new Set();

  constructor(program, folder) {
    this.#checker = program.getTypeChecker();
    this.#folder = `${resolve(folder)}/`;
  }

  add(statement) {
    const file = statement.getSourceFile();
    if (this.kept.has(statement) || !file.fileName.startsWith(this.#folder)) return;
    this.kept.add(statement);
    this.files.add(file);
    // The names of an import or an export stay one by one, as they are referred to.
    if (!ts.isImportDeclaration(statement) && !hasSpecifiers(statement)) this.#follow(statement);
  }

  /** All that a list of exports names. */
  addSpecifiers(statement) {
    this.add(statement);
    for (const specifier of statement.exportClause.elements) this.#addName(specifier.name);
  }

  #follow(node) {
    if (ts.isIdentifier(node)) this.#addName(node);
    ts.forEachChild(node, (child) => this.#follow(child));
  }

  #addName(name) {
    let symbol = this.#checker.getSymbolAtLocation(name);
    const seen = new Set();
    while (symbol !== undefined && !seen.has(symbol)) {
      seen.add(symbol);
      for (const declaration of symbol.declarations ?? []) this.#addDeclaration(declaration);
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      symbol = isAlias ? this.#checker.getImmediateAliasedSymbol(symbol) : undefined;
    }
  }

  #addDeclaration(declaration) {
    if (ts.isImportSpecifier(declaration) || ts.isExportSpecifier(declaration)) {
      this.kept.add(declaration);
    }
    let node = declaration;
    while (node.parent !== undefined && !ts.isSourceFile(node.parent)) node = node.parent;
    if (node.parent !== undefined) this.add(node);
  }
}

function hasSpecifiers(statement) {
  return ts.isExportDeclaration(statement) && statement.exportClause !== undefined;
}

function isExported(statement) {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function blank(text) {
  return text.replace(/[^\n]+/g, '');
}

/** A list of names, without those that nothing refers to. */
function withoutUnused(statement, kept) {
  const text = statement.getText();
  const list = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : statement.exportClause;
  if (list?.elements === undefined) return text;
  const names = list.elements.filter((one) => kept.has(one)).map((one) => one.getText());
  return text.replace(list.getText(), `{ ${names.join(', ')} }`);
}

function printed(file, kept) {
  return file.statements
    .map((statement, index) => {
      const trivia = statement.getFullText().slice(0, statement.getLeadingTriviaWidth());
      const isList = ts.isImportDeclaration(statement) || hasSpecifiers(statement);
      // A list that is empty makes the file a module.
      const isEmpty =
        ts.isExportDeclaration(statement) && statement.exportClause?.elements.length === 0;
      if (isEmpty) return statement.getFullText();
      if (!kept.has(statement)) {
        // The first has the header of the file before it.
        return `${index === 0 ? trivia : blank(trivia)}${blank(statement.getText())}`;
      }
      return trivia + (isList ? withoutUnused(statement, kept) : statement.getText());
    })
    .join('');
}

/** The text of each file of `folder` that a program can come to from `entries`, by its path. */
export function visibleDeclarations(folder, entries) {
  const paths = entries.map((entry) => resolve(folder, entry));
  const program = ts.createProgram(paths, OPTIONS);
  const visibility = new Visibility(program, folder);
  for (const path of paths) {
    for (const statement of program.getSourceFile(path).statements) {
      if (hasSpecifiers(statement)) visibility.addSpecifiers(statement);
      else if (isExported(statement)) visibility.add(statement);
    }
  }
  const texts = [...visibility.files].map((file) => [
    relative(folder, file.fileName),
    `${printed(file, visibility.kept)}\n//# sourceMappingURL=${mapName(file)}\n`,
  ]);
  return new Map(texts);
}

function mapName({ fileName }) {
  return `${relative(dirname(fileName), fileName)}.map`;
}
