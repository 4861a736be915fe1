#!/usr/bin/env bash
# The rate of VAT, in percent, of an order of software that a consumer in the EU places today, and of a refund of one of
# August 2024, by seven libraries that hold rates as tables, seen on 2026-12-01 with Node.js 20 and Python 3.11.
# - vatrates 2.0.3 (npm) and pyvat 1.3.18 (PyPI) have 24 for Finland, 19 for Romania and 20 for Slovakia; these are 25.5
#   since September 2024, 21 since August 2025 and 23 since January 2025. For Estonia, with 24 since July 2025, they
#   have 20 and 22. The order has too little tax, which the shop owes all the same.
# - country-vat 1.0.24, sales-tax 2.23.0 (npm), eu-vat-rates-data 2026.9.29, duty27-eu-vat 0.1.0 and vatverify-rates
#   0.1.0 (PyPI) agree on the rates of today; those of sales-tax are the ones in its package.
# - Greece is EL in taxes and GR in ISO 3166. vatverify-rates has None for GR, and eu-vat-rates-data None for EL; with
#   `rate or 0` beside it such an order is free of tax.
# - vatrates, pyvat and duty27-eu-vat take a day, and have 24 for Finland in August 2024. The others have the rate of
#   today: of a price of 100 they pay back 25.50 where 24.00 were paid.
# What to do: keep the rate in the order's row, and refund by that; refuse a country without a rate; and compare a rate
# that has changed, such as Finland's, in a test. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts vatrates@2.0.3 country-vat@1.0.24 sales-tax@2.23.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check pyvat==1.3.18 eu-vat-rates-data==2026.9.29 \
  duty27-eu-vat==0.1.0 vatverify-rates==0.1.0
cat >rates.cjs <<'END'
const countryVat = require('country-vat');
const salesTax = require('sales-tax');
const VATRates = require('vatrates');

function byVatrates(country, day) {
  const rates = new VATRates();
  rates.setDate(new Date(day));
  return rates.getCountry(country).getStandardRate();
}

async function main() {
  const today = '2026-12-01';
  const libraries = {
    vatrates: byVatrates,
    'country-vat': (country) => countryVat(country) * 100,
    'sales-tax': async (country) => (await salesTax.getSalesTax(country)).rate * 100,
  };
  for (const [name, rate] of Object.entries(libraries)) {
    const found = [];
    for (const country of ['DE', 'EE', 'FI', 'GR', 'RO', 'SK']) {
      found.push(`${country} ${await rate(country, today)}`);
    }
    const before = name === 'vatrates' ? await rate('FI', '2024-08-15') : 'takes no day';
    console.log(`${name}: ${found.join(', ')}; FI in August 2024: ${before}`);
  }
}
main();
END
cat >rates.py <<'END'
from datetime import date
import duty27_eu_vat, eu_vat_rates_data, pyvat, vatverify_rates

def by_pyvat(country, day=date(2026, 12, 1)):
    buyer, seller = pyvat.Party(country, False), pyvat.Party(country, True)
    return pyvat.get_sale_vat_charge(day, pyvat.ItemType.generic_electronic_service, buyer, seller).rate

libraries = {
    "pyvat": by_pyvat,
    "eu-vat-rates-data": eu_vat_rates_data.get_standard_rate,
    "duty27-eu-vat": lambda country: duty27_eu_vat.get_standard_rate(country, date(2026, 10, 1)),
    "vatverify-rates": vatverify_rates.get_standard_rate,
}
before = {
    "pyvat": by_pyvat("FI", date(2024, 8, 15)),
    "duty27-eu-vat": duty27_eu_vat.get_standard_rate("FI", date(2024, 8, 15)),
}
for name, rate in libraries.items():
    found = [f"{country} {rate(country)}" for country in ("DE", "EE", "FI", "GR", "RO", "SK")]
    print(f"{name}: {', '.join(found)}; EL {rate('EL')}; FI in August 2024: {before.get(name, 'takes no day')}")
END
{
  node rates.cjs
  python/bin/python rates.py
} | tee seen
diff seen - <<'END'
vatrates: DE 19, EE 20, FI 24, GR 24, RO 19, SK 20; FI in August 2024: 24
country-vat: DE 19, EE 24, FI 25.5, GR 24, RO 21, SK 23; FI in August 2024: takes no day
sales-tax: DE 19, EE 24, FI 25.5, GR 24, RO 21, SK 23; FI in August 2024: takes no day
pyvat: DE 19, EE 22, FI 24, GR 24, RO 19, SK 20; EL 24; FI in August 2024: 24
eu-vat-rates-data: DE 19.0, EE 24.0, FI 25.5, GR 24.0, RO 21.0, SK 23.0; EL None; FI in August 2024: takes no day
duty27-eu-vat: DE 19, EE 24, FI 25.5, GR 24, RO 21, SK 23; EL 24; FI in August 2024: 24
vatverify-rates: DE 19.0, EE 24.0, FI 25.5, GR None, RO 21.0, SK 23.0; EL 24.0; FI in August 2024: takes no day
END
echo "as described"
