const fs = require('fs');
const { name, version } = require('./package.json');
const greet = require('./lib/greet.js');
fs.mkdirSync('dist');
fs.writeFileSync('dist/server.js', `console.log(${JSON.stringify(greet(`${name} ${version} in ${process.env.NODE_ENV}`))});\n`);
