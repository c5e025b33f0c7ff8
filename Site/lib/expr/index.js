// User variables: expressions of variables, read by a parser and run over arrays.

export { checkNames, compile, variablesOf } from "./compile.js";
export { closest } from "./closest.js";
export { CONSTANTS, FUNCTIONS } from "./functions.js";
export { ExpressionError, parse } from "./parse.js";
export { helpersIn, JULIA_HELPERS, namingOf, PYTHON_HELPERS, toJulia, toPython, toR } from "./text.js";
