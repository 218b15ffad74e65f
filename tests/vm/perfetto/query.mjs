// SPDX-License-Identifier: GPL-2.0-only
/*
 *	node query.mjs FOLDER TRACE SQL
 *
 * Prints the rows that Perfetto's trace_processor finds in a trace: one a line, a space between the
 * columns. The folder has it as WebAssembly, with the program that starts it in a worker of the
 * browser for Perfetto's user interface, and the engine that speaks with it there. Here all of them
 * are in Node.js, and what that program uses of a worker is made up.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";

function behaveLikeWorker(folder) {
	const { Module } = WebAssembly;

	globalThis.self = globalThis;
	globalThis.WorkerGlobalScope = Object;
	globalThis.location = { href: "worker:/engine_bundle.js" };
	globalThis.XMLHttpRequest = class {
		open(method, name) {
			this.response = readFileSync(join(folder, name));
		}
		send() {}
	};
	/* By a module of 23 bytes it asks for memory of 64 bits. The folder has what is for 32. */
	WebAssembly.Module = function (bytes) {
		if (bytes.length === 23)
			throw new WebAssembly.CompileError("no memory of 64 bits");
		return new Module(bytes);
	};
}

async function startEngine(folder) {
	const { EngineBase } = await import(pathToFileURL(join(folder, "engine.mjs")));
	const port = { postMessage: (bytes) => engine.onRpcResponseBytes(bytes) };
	const engine = new (class extends EngineBase {
		rpcSendRequestBytes(data) {
			port.onmessage({ data });
		}
	})();

	behaveLikeWorker(folder);
	vm.runInThisContext(readFileSync(join(folder, "engine_bundle.node.js"), "utf8"));
	self.onmessage({ data: port });
	await new Promise(setImmediate); /* after the promises it has made to itself */
	return engine;
}

const [folder, trace, sql] = process.argv.slice(2);
const engine = await startEngine(folder);
await engine.parse(new Uint8Array(readFileSync(trace)));
await engine.notifyEof();
const result = await engine.query(sql);
for (const row = result.iter({}); row.valid(); row.next())
	console.log(result.columns().map((column) => row.get(column)).join(" "));
