// What jemalloc reads when the program starts; MALLOC_CONF in the environment goes before it. An arena for each
// thread would hold memory on to that another thread wants: a few are shared.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4";
}
