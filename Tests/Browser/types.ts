// Holds the modules against their declarations: copies without one (of the same code, under another name) must have the declared type.
import * as declaredClient from './client.js';
import * as declaredReact from './react.js';
import * as declaredVue from './vue.js';
import * as client from './undeclared/client.js';
import * as react from './undeclared/react.js';
import * as vue from './undeclared/vue.js';

export const connect: typeof declaredClient.connect = client.connect;
// Two strings in the code are unions in the declaration, and so is what trackHistory hands back.
type Loose = Omit<declaredClient.Connection, 'state' | 'transport' | 'trackHistory'>;
export const connection: Loose = new client.Connection({}, '/__skew/');
// Their `state` is a string in the code and a union in the declaration.
type Refs = Omit<ReturnType<typeof declaredVue.useActiveConnections>, 'state'>;
export const refs: (...options: Parameters<typeof declaredVue.useActiveConnections>) => Refs = vue.useActiveConnections;
type View = Omit<ReturnType<typeof declaredReact.useActiveConnections>, 'state'>;
export const view: (...options: Parameters<typeof declaredReact.useActiveConnections>) => View = react.useActiveConnections;
export const track: (read?: () => string) => Loose = new client.Connection({}, '/__skew/').trackHistory;
