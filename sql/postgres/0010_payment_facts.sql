-- What the provider says of payments that were charged: how the buyer paid, the receipt, and when it approved.
ALTER TABLE flow
  ADD COLUMN payment_facts text;  -- [[execution, method, receipt URL, approved], ...]; null: no payment has any
