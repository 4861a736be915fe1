#!/usr/bin/env bash
# A part of a charge, 12.50, is to be paid back, and the answer is lost: what nine libraries of payment providers send,
# and what their callers see, seen on 2026-12-01 with Node.js 20, Python 3.11 and Java 17, without options but for
# razorpay's retries. The provider has done it, and the connection ends ("lost"); or a proxy before the provider answers
# 503, with JSON of its own, {"message": "unavailable"} ("503").
# - stripe 23.1.0 (npm) takes the 503 for success, after it has asked three times: refunds.create() returns what the
#   proxy wrote. It looks for a member "error" in the answer, and not at the status. The refund is recorded, with the id
#   undefined, and nobody pays it. stripe 16.1.0 (PyPI) and stripe-java 29.2.0 (Maven Central) raise.
# - razorpay 2.0.1 (PyPI), after enable_retry(True), sends what was lost five times, without a key: five refunds.
# - razorpay 2.9.8 (npm) raises a TypeError of its own code where the answer is lost, as if the program were wrong and
#   had sent nothing.
# - stripe of npm and stripe-java send what was lost again, by the same key: one refund. With the latter Java's
#   HttpURLConnection does so. square 46.0.0 (npm) and squareup 46.0.0.20260916 (PyPI), whose callers have to give a
#   key, repeat the 503 alone. mollie-api-python 4.0.0, Adyen 16.0.0 (PyPI) and checkout-sdk-node 5.2.1 (npm) send once,
#   the first with a key that it makes, the others without one.
# - Whoever calls refund() again after such an error pays twice, with all but Square's: the key is another one, or none.
# What to do: a key of one's own for each refund, stored before the call; with stripe of npm a look at the id; after an
# error of any class ask the provider what became of it.
# Output seen: as below. Fails when that changes. Takes minutes.
set -euo pipefail
folder=$(mktemp -d)
servers=()
trap '((${#servers[@]} == 0)) || kill "${servers[@]}"; wait; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund stripe@23.1.0 square@46.0.0 razorpay@2.9.8 checkout-sdk-node@5.2.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check stripe==16.1.0 squareup==46.0.0.20260916 razorpay==2.0.1 \
  setuptools==80.9.0 mollie-api-python==4.0.0 Adyen==16.0.0
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>com.stripe</groupId><artifactId>stripe-java</artifactId><version>29.2.0</version></dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Writes the key of each request into the file MODE.keys, one a line.
cat >provider.py <<'END'
import json, socket, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

mode = sys.argv[1]

class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        given = json.loads(body) if body.startswith(b"{") else {}
        with open(mode + ".keys", "a") as keys:
            print(self.headers.get("idempotency-key") or given.get("idempotency_key") or "none", file=keys)
        if mode == "lost":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        answer = b'{"message": "unavailable"}'
        self.send_response(503)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
with open(mode + ".port", "w") as port:
    print(server.server_port, file=port)
server.serve_forever()
END
cat >refund.mjs <<'END'
import { Checkout } from 'checkout-sdk-node';
import Razorpay from 'razorpay';
import { SquareClient } from 'square';
import Stripe from 'stripe';

const [library, port] = process.argv.slice(2);
const base = `http://127.0.0.1:${port}`;
const ways = {
  stripe: () => new Stripe('sk_test_finding', { protocol: 'http', host: '127.0.0.1', port }).refunds.create(
    { payment_intent: 'pi_17', amount: 1250 }),
  square: () => new SquareClient({ token: 'finding', environment: base }).refunds.refundPayment(
    { idempotencyKey: 'order-17', paymentId: 'payment-17', amountMoney: { amount: 1250n, currency: 'EUR' } }),
  razorpay: () => {
    const razorpay = new Razorpay({ key_id: 'finding', key_secret: 'finding' });
    razorpay.api.rq.defaults.baseURL = base;
    return razorpay.payments.refund('pay_17', { amount: 1250 });
  },
  checkout: () => new Checkout('sk_sbox_finding', { host: base }).payments.refund('pay_17', { amount: 1250 }),
};
try {
  console.log('returns', JSON.stringify(await ways[library]()));
} catch (error) {
  console.log('raises', error.constructor.name);
}
process.exit();
END
cat >refund.py <<'END'
import sys
import Adyen, razorpay, square, stripe
from mollie.api.client import Client
from mollie.api.objects.payment import Payment

library, port = sys.argv[1:]
base = f"http://127.0.0.1:{port}"

def by_stripe():
    client = stripe.StripeClient("sk_test_finding", base_addresses={"api": base})
    return client.v1.refunds.create({"payment_intent": "pi_17", "amount": 1250})

def by_square():
    return square.Square(token="finding", base_url=base).refunds.refund_payment(
        idempotency_key="order-17", payment_id="payment-17", amount_money={"amount": 1250, "currency": "EUR"})

def by_razorpay(retry=False):
    client = razorpay.Client(auth=("finding", "finding"), base_url=base)
    client.enable_retry(retry)
    return client.payment.refund("pay_17", {"amount": 1250})

def by_mollie():
    client = Client(api_endpoint=base)
    client.set_api_key("test_" + "0" * 30)
    return Payment({"id": "tr_17"}, client).refunds.create({"amount": {"currency": "EUR", "value": "12.50"}})

def by_adyen():
    modifications = Adyen.Adyen(xapikey="finding", platform="test").checkout.modifications_api
    modifications.baseUrl = base
    request = {"merchantAccount": "finding", "amount": {"currency": "EUR", "value": 1250}}
    return modifications.refund_captured_payment(request, "payment-17")

ways = {"stripe": by_stripe, "square": by_square, "razorpay": by_razorpay, "razorpay-retry": lambda: by_razorpay(True),
        "mollie": by_mollie, "adyen": by_adyen}
try:
    outcome = ways[library]()
    print("returns", outcome)
except Exception as error:
    print("raises", type(error).__name__)
END
cat >Refund.java <<'END'
import com.stripe.StripeClient;
import com.stripe.param.RefundCreateParams;

public class Refund {
  public static void main(String[] arguments) {
    var base = "http://127.0.0.1:" + arguments[0];
    var client = StripeClient.builder().setApiKey("sk_test_finding").setApiBase(base).build();
    var refund = RefundCreateParams.builder().setPaymentIntent("pi_17").setAmount(1250L).build();
    try {
      System.out.println("returns " + client.refunds().create(refund));
    } catch (Exception error) {
      System.out.println("raises " + error.getClass().getSimpleName());
    }
  }
}
END
javac -cp 'jars/*' Refund.java
for mode in lost 503; do
  python3 provider.py "$mode" &
  servers+=($!)
  until [[ -s $mode.port ]]; do sleep 0.1; done
done
show() { # NAME COMMAND..., with PORT in place of the port
  local mode port outcome
  for mode in lost 503; do
    : >"$mode.keys"
    port=$(<"$mode.port")
    outcome=$("${@:2:$#-2}" "${@: -1}" "$port" 2>>errors.log | tail -n 1)
    printf '%s, %s: sent %s, keys %s, %s\n' "$1" "$mode" "$(wc -l <"$mode.keys")" \
      "$(grep -v none "$mode.keys" | sort -u | wc -l)" "$outcome"
  done
}
{
  for library in stripe square razorpay checkout; do
    show "$library of npm" node refund.mjs "$library"
  done
  for library in stripe square razorpay razorpay-retry mollie adyen; do
    show "$library of PyPI" python/bin/python refund.py "$library"
  done
  show stripe-java java -cp 'jars/*:.' Refund
} | tee seen
diff seen - <<'END'
stripe of npm, lost: sent 3, keys 1, raises StripeConnectionError
stripe of npm, 503: sent 3, keys 1, returns {"message":"unavailable"}
square of npm, lost: sent 1, keys 1, raises SquareError
square of npm, 503: sent 3, keys 1, raises SquareError
razorpay of npm, lost: sent 1, keys 0, raises TypeError
razorpay of npm, 503: sent 1, keys 0, raises Object
checkout of npm, lost: sent 1, keys 0, raises ApiError
checkout of npm, 503: sent 1, keys 0, raises ApiError
stripe of PyPI, lost: sent 1, keys 1, raises APIConnectionError
stripe of PyPI, 503: sent 1, keys 1, raises APIError
square of PyPI, lost: sent 1, keys 1, raises RemoteProtocolError
square of PyPI, 503: sent 3, keys 1, raises ApiError
razorpay of PyPI, lost: sent 1, keys 0, raises ConnectionError
razorpay of PyPI, 503: sent 1, keys 0, raises ServerError
razorpay-retry of PyPI, lost: sent 5, keys 0, raises ConnectionError
razorpay-retry of PyPI, 503: sent 1, keys 0, raises ServerError
mollie of PyPI, lost: sent 1, keys 1, raises RequestError
mollie of PyPI, 503: sent 1, keys 1, raises ResponseHandlingError
adyen of PyPI, lost: sent 1, keys 0, raises ConnectionError
adyen of PyPI, 503: sent 1, keys 0, raises AdyenAPIResponseError
stripe-java, lost: sent 2, keys 1, raises ApiConnectionException
stripe-java, 503: sent 1, keys 1, raises ApiException
END
echo "as described"
