// Places an order and a checkout by the client that hey-api has made, and reads them to their ends. Compiled with every
// check, so that what the types say is held against what is used here.
import { client } from './client/client.gen';
import {
  getApiOrchestratorSagas,
  getEvents,
  getSagasId,
  getTraceOrderOrderId,
  getUsers,
  postApiInventoryInitialize,
  postApiOrchestratorOrders,
  postOrders,
} from './client/sdk.gen';
import type { Item, Saga } from './client/types.gen';

client.setConfig({ baseUrl: process.env.NODE, auth: () => process.env.TOKEN });

function assert(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

async function ended(id: string): Promise<Saga> {
  for (let i = 0; i < 600; ++i) {
    const { data, error } = await getSagasId({ path: { id } });
    assert(data, JSON.stringify(error));
    if (data.status !== 'started' && data.status !== 'compensating') return data;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`the saga of ${id} has not ended`);
}

async function main(): Promise<void> {
  const item: Item = { productId: 'PROD002', productName: 'Mouse', quantity: 2, price: 8.29 };
  const order = await postOrders({ body: { items: [item], shippingAddress: 'Main St 1' } });
  assert(order.data, JSON.stringify(order.error));
  assert(order.response.headers.get('x-correlation-id') === order.data.correlationId, 'the header traces the order');
  assert((await ended(order.data.id)).status === 'completed', 'it was paid');
  const trace = await getTraceOrderOrderId({ path: { orderId: order.data.id } });
  assert(trace.data?.events.some((event) => event.eventType === 'SagaCompleted'), 'its trace is read');

  const refused = await postOrders({ body: { items: [], shippingAddress: 'Main St 1' } });
  assert(refused.error && refused.response.status === 400, 'a refusal is an error');

  await postApiInventoryInitialize();
  const checkout = await postApiOrchestratorOrders({ body: { customerId: 'C-2', items: [item] } });
  assert(checkout.data, JSON.stringify(checkout.error));
  await ended(checkout.data.orderId);
  const sagas = await getApiOrchestratorSagas({ query: { status: ['COMPLETED', 'COMPENSATED'] } });
  assert(sagas.data?.data.some((saga) => saga.orderId === checkout.data?.orderId), 'two statuses at once');
  const users = await getUsers({ query: { limit: 1 } });
  assert(users.data?.users.length === 1 && users.data.users[0].role, 'users are read');
  assert(typeof getEvents === 'function', 'the stream is there');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
