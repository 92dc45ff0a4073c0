// Prints a module, one token a line, with a number in the place of each name that is its own: two that differ in such names print
// the same, and two of which one means another thing anywhere do not. Usage: node named.cjs FILE.js

const ts = require('typescript');

const program = ts.createProgram([process.argv[2]], { allowJs: true, noLib: true, noResolve: true, target: 99 });
const checker = program.getTypeChecker();
const file = program.getSourceFile(process.argv[2]);
const numbers = new Map();

/** What a name stands for: the number of its declaration, or itself where it is the browser's. */
function meant(symbol, text) {
  if (!symbol?.declarations?.length) return text;
  if (!numbers.has(symbol)) numbers.set(symbol, `_${numbers.size}`);
  return numbers.get(symbol);
}

const isProperty = (node, { parent } = node) =>
  (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
  ((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isAccessor(parent)) &&
    parent.name === node) ||
  (ts.isPropertyDeclaration(parent) && parent.name === node) ||
  (ts.isBindingElement(parent) && parent.propertyName === node);

function print(node) {
  if (ts.isVariableStatement(node)) {
    const [keyword] = node.declarationList.getChildren(file);
    return node.declarationList.declarations.forEach((one) => (print(keyword), print(one), console.log(';')));
  }
  if (node.getChildCount(file)) return node.getChildren(file).forEach(print);
  const text = node.getText(file);
  if (!text) return;
  if (ts.isPrivateIdentifier(node)) return console.log(meant(checker.getSymbolAtLocation(node), text));
  if (!ts.isIdentifier(node) || isProperty(node)) return console.log(text);
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent) && parent.name === node) {
    return console.log(`${text}\n:\n${meant(checker.getShorthandAssignmentValueSymbol(parent), text)}`);
  }
  const isShort = ts.isBindingElement(parent) && parent.name === node && !parent.propertyName;
  if (isShort && ts.isObjectBindingPattern(parent.parent) && !parent.dotDotDotToken) console.log(`${text}\n:`);
  console.log(meant(checker.getSymbolAtLocation(node), text));
}

print(file);
