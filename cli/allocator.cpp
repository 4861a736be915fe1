// Read by jemalloc when the program starts; MALLOC_CONF in the environment overrides it. With one arena per thread,
// memory that one thread has freed would not be available to the others, so all threads share a few arenas. A thread of
// jemalloc's gives freed memory back to the system after some seconds, whether or not the program does anything; it
// sleeps when there is none.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4,background_thread:true,max_background_threads:1,dirty_decay_ms:3000";
}
