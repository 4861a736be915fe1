// The payment widget of Toss Payments, from its own host. The node's policy allows that host on the page to pay on alone,
// and only when the node has a client key.
const source = 'https://js.tosspayments.com/v1/payment-widget';

export interface Widget {
  renderPaymentMethods(selector: string, amount: number, options: { variantKey: string }): unknown;
  renderAgreement(selector: string, options: { variantKey: string }): unknown;
  requestPayment(request: Record<string, unknown>): Promise<void>;
}

declare global {
  interface Window {
    PaymentWidget?: (clientKey: string, customerKey: string) => Widget;
  }
}

let loading: Promise<void> | null = null;

// The customer key is the order's id: the shop has no accounts.
export async function loadWidget(clientKey: string, customerKey: string): Promise<Widget> {
  loading ??= new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = source;
    script.onload = () => resolve();
    script.onerror = () => {
      loading = null;
      reject(new Error('the widget could not be loaded'));
    };
    document.head.append(script);
  });
  await loading;
  if (!window.PaymentWidget) throw new Error('the widget did not start');
  return window.PaymentWidget(clientKey, customerKey);
}
