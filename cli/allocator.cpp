// Read by jemalloc when the program starts; MALLOC_CONF in the environment overrides it. With one arena per thread,
// memory that one thread has freed would not be available to the others, so all threads share a few arenas.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4";
}
