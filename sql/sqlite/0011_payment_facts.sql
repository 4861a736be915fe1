-- What the provider says of a payment that was charged; null: it does not say.
ALTER TABLE payment ADD COLUMN provider_method TEXT;  -- how the buyer paid, in the provider's words
ALTER TABLE payment ADD COLUMN receipt_url TEXT;
ALTER TABLE payment ADD COLUMN approved INTEGER;      -- when
