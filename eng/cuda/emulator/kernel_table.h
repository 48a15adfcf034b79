// A kernel as a launcher sees it.
#pragma once

namespace argent_emulated
{
struct Kernel
{
    const char* name;
    const char* file;
    // Runs the calling fiber's thread; each element of `parameters` points at one parameter.
    void (*run)(void** parameters);
    unsigned parameter_count;
    const unsigned* parameter_bytes;
};
}
