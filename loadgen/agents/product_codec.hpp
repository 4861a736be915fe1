// Products and failure variants in messages.
#pragma once

#include "loadgen/agents/member_codec.hpp"
#include "loadgen/orders/product_plan.hpp"

namespace sagactl {

template <class Codec, Of<CatalogueProduct> T>
void members(Codec& codec, T& it) {
  codec("id", it.id);
  codec("name", it.name);
  codec("price", it.price);
  codec("idIsNumber", it.id_is_number);
}

template <class Codec, Of<FailureVariant> T>
void members(Codec& codec, T& it) {
  codec("name", it.name);
  codec("quantity", it.quantity);
  codec("product", it.product);
  codec("fields", it.fields);
}

}  // namespace sagactl
