// Builds what a configuration says with Debian's webpack; a warning is a fault. Usage: NODE_PATH=MODULES node webpack.cjs CONFIG

// Debian's webpack asks Node where packages lie. Only Debian's Node knows.
const { variables } = process.config;
const value = { ...process.config, variables: { node_prefix: '/usr', node_relative_path: 'share/nodejs', ...variables } };
Object.defineProperty(process, 'config', { value });

const webpack = require('webpack');

webpack(require(process.argv[2]), (error, result) => {
  const isWhole = !error && !result.hasErrors() && !result.hasWarnings();
  console.log(error ? String(error) : `webpack ${webpack.version}: ${result.toString()}`);
  process.exitCode = isWhole ? 0 : 1;
});
