// Lets better-sqlite3 13 be compiled for Node-API 9. Put in front of its sources (`g++ -include`).
//
// It wants version 10 for one thing alone: a napi_ref may then point at a string or any other value, where version 9
// takes objects only. Here such a value is kept as the one element of an array, and the reference points at the array.
#undef NAPI_VERSION
#define NAPI_VERSION 9
#include <napi.h>

#define CAIRN_KEEP_IN_ARRAY(Kept)                                                                 \
  template <>                                                                                     \
  inline Reference<Kept> Reference<Kept>::New(const Kept& value, uint32_t refcount) {             \
    napi_value bare = value;                                                                      \
    if (bare == nullptr) return Reference<Kept>(value.Env(), nullptr);                            \
    Array holder = Array::New(value.Env(), 1);                                                    \
    holder.Set(uint32_t{0}, bare);                                                                \
    napi_ref ref = nullptr;                                                                       \
    napi_status status = napi_create_reference(value.Env(), holder, refcount, &ref);              \
    NAPI_THROW_IF_FAILED(value.Env(), status, Reference<Kept>());                                 \
    return Reference<Kept>(value.Env(), ref);                                                     \
  }                                                                                               \
  template <>                                                                                     \
  inline Kept Reference<Kept>::Value() const {                                                    \
    if (_ref == nullptr) return Kept(_env, nullptr);                                              \
    napi_value holder = nullptr;                                                                  \
    napi_value value = nullptr;                                                                   \
    napi_status status = napi_get_reference_value(_env, _ref, &holder);                           \
    if (status == napi_ok && holder != nullptr) status = napi_get_element(_env, holder, 0, &value); \
    NAPI_THROW_IF_FAILED(_env, status, Kept());                                                   \
    return Kept(_env, value);                                                                     \
  }                                                                                               \
  template <>                                                                                     \
  inline void Reference<Kept>::Reset(const Kept& value, uint32_t refcount) {                      \
    *this = Reference<Kept>::New(value, refcount);                                                \
  }

namespace Napi {
CAIRN_KEEP_IN_ARRAY(::Napi::String)
CAIRN_KEEP_IN_ARRAY(::Napi::Value)
}  // namespace Napi
