// The compiled part of Boost.URL.
#include <boost/url/src.hpp>
