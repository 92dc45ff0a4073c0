// What the tests reach into: the client, and a log of each connection's events in order.
import { connect } from '/__skew/client.js';

window.open_ = (options) => {
  const connection = connect(options);
  connection.log = [];
  for (const name of ['connected', 'stats', 'unauthorized', 'version', 'state']) {
    connection.on(name, (detail) => connection.log.push([name, detail]));
  }
  return connection;
};
window.connect = connect;
