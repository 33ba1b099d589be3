// Opens COUNT MQTT 3.1.1 connections to 127.0.0.1:PORT and keeps them open and silent. Prints "ready" when every CONNACK is here; ends with its standard input.
import net from 'node:net';

const [port, count] = process.argv.slice(2).map(Number);
const AT_ONCE = 100;
let opened = 0;
let accepted = 0;

function open() {
  const id = `idle-${String(opened++).padStart(6, '0')}`;
  const socket = net.connect(port, '127.0.0.1');
  socket.once('connect', () => socket.write(Buffer.concat([
    Buffer.from([0x10, 12 + id.length, 0, 4]), Buffer.from('MQTT'), Buffer.from([4, 2, 0, 0, 0, id.length]), Buffer.from(id),
  ])));
  socket.once('data', (answer) => {
    if (answer[3] !== 0) {
      console.error(`refused with ${answer[3]}`);
      process.exit(1);
    }
    accepted++;
    if (accepted === count) {
      console.log('ready');
    } else if (opened < count) {
      open();
    }
  });
  socket.once('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
}

for (let i = 0; i < Math.min(AT_ONCE, count); i++) {
  open();
}
process.stdin.on('end', () => process.exit(0)).resume();
