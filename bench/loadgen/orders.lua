-- wrk's requests: the body and headers that the load generator sends, the same each time.
wrk.method = "POST"
wrk.path = "/orders"
wrk.headers["Accept"] = "application/json"
wrk.headers["Authorization"] = "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.bench.bench"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Correlation-ID"] = "5ff5029b-6c71-4ce1-8165-72e5c1fb0620"
wrk.body = '{"items":[{"productId":"LT-bench00000-S-00000000","productName":"Load test product","quantity":2,' ..
  '"price":617.28}],"shippingAddress":"Load test street 1"}'
