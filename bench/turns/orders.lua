-- wrk's requests: each an order of a product of its own. Arguments: a node's operator token, and what tells this wrk from
-- others.
math.randomseed(os.time())

function setup(thread)
  thread:set("seed", math.random(1000000000))
end

function init(arguments)
  headers = {["Authorization"] = "Bearer " .. arguments[1], ["Content-Type"] = "application/json"}
  prefix = "P-" .. seed .. arguments[2] .. "-"
  number = 0
end

function request()
  number = number + 1
  local body = '{"items":[{"productId":"' .. prefix .. number .. '","productName":"Load test product","quantity":2,' ..
    '"price":617.28}],"shippingAddress":"Load test street 1"}'
  return wrk.format("POST", "/orders", headers, body)
end
