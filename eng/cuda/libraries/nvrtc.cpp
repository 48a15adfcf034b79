// An emulated NVRTC: it compiles nothing, since the kernels are in this library already. It checks what a compiler's caller can
// get wrong (headers that are missing, options, an architecture) and makes an image that names the source's hash.
#include "../driver/driver.h"
#include <cstring>
#include <map>
#include <sstream>

namespace argent_driver
{
extern const char kImageStart[];
}

namespace
{
enum Code : int { kSuccess = 0, kInvalidInput = 3, kInvalidProgram = 4, kInvalidOption = 5, kCompilation = 6 };

struct Program
{
    std::string name, source, log, image;
    std::map<std::string, std::string> headers;
    bool compiled = false;
};

std::mutex guard;
std::unordered_set<Program*>& programs()
{
    static auto* all = new std::unordered_set<Program*>();
    return *all;
}

Program* find(void* handle)
{
    const auto found = programs().find(static_cast<Program*>(handle));
    return found == programs().end() ? nullptr : *found;
}

// FNV-1a: enough to tell one text from another.
std::uint64_t hash(const std::string& text, std::uint64_t start = 0xcbf29ce484222325ull)
{
    for (const char c : text) start = (start ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    return start;
}

// The directives of one text: an #error outside of conditions, and includes of what was not handed in.
void check_text(Program& program, const std::string& name, const std::string& text)
{
    std::istringstream lines(text);
    std::string line;
    int depth = 0;
    for (int number = 1; std::getline(lines, line); ++number)
    {
        std::istringstream words(line);
        std::string directive, operand;
        words >> directive >> operand;
        if (directive.compare(0, 3, "#if") == 0) depth++;
        if (directive == "#endif") depth--;
        const std::string place = name + "(" + std::to_string(number) + "): ";
        if (directive == "#error" && depth == 0) program.log += place + "error: " + line + "\n";
        if (directive != "#include" || depth > 0 || operand.size() < 2) continue;
        const std::string header = operand.substr(1, operand.size() - 2);
        if (!program.headers.count(header)) program.log += place + "error: could not open source file \"" + header + "\"\n";
    }
    if (depth != 0) program.log += name + ": error: a condition without its #endif\n";
}

bool is_known_option(const std::string& option)
{
    static const char* const starts[] = {"--gpu-architecture=sm_", "-arch=sm_", "--std=c++", "-std=c++", "--fmad=", "-fmad=", "-lineinfo",
                                         "--generate-line-info", "-default-device", "--device-as-default-execution-space",
                                         "--restrict", "-D", "--define-macro=", "--extra-device-vectorization",
                                         "--maxrregcount=", "-I", "--include-path="};
    for (const char* start : starts) if (option.compare(0, strlen(start), start) == 0) return true;
    return false;
}
}

ARGENT_API const char* nvrtcGetErrorString(int code)
{
    switch (code)
    {
        case kSuccess: return "NVRTC_SUCCESS";
        case kInvalidInput: return "NVRTC_ERROR_INVALID_INPUT";
        case kInvalidProgram: return "NVRTC_ERROR_INVALID_PROGRAM";
        case kInvalidOption: return "NVRTC_ERROR_INVALID_OPTION";
        case kCompilation: return "NVRTC_ERROR_COMPILATION";
        default: return "NVRTC_ERROR unknown";
    }
}

ARGENT_API int nvrtcVersion(int* major, int* minor)
{
    *major = 12;
    *minor = 4;
    return kSuccess;
}

ARGENT_API int nvrtcCreateProgram(void** handle, const char* source, const char* name, int count, const char* const* headers,
                                  const char* const* header_names)
{
    if (!source || count < 0) return kInvalidInput;
    auto* program = new Program{name ? name : "default_program", source};
    for (int i = 0; i < count; ++i) program->headers[header_names[i]] = headers[i];
    std::lock_guard<std::mutex> lock(guard);
    programs().insert(program);
    *handle = program;
    return kSuccess;
}

ARGENT_API int nvrtcDestroyProgram(void** handle)
{
    std::lock_guard<std::mutex> lock(guard);
    Program* program = find(*handle);
    if (!program) return kInvalidProgram;
    programs().erase(program);
    delete program;
    *handle = nullptr;
    return kSuccess;
}

ARGENT_API int nvrtcCompileProgram(void* handle, int count, const char* const* options)
{
    std::lock_guard<std::mutex> lock(guard);
    Program* program = find(handle);
    if (!program) return kInvalidProgram;
    program->log.clear();
    std::string all;
    for (int i = 0; i < count; ++i)
    {
        const std::string option = options[i];
        if (!is_known_option(option))
        {
            program->log = "nvrtc: error: unrecognized option " + option + " found\n";
            return kInvalidOption;
        }
        all += option + "\n";
    }
    check_text(*program, program->name, program->source);
    for (const auto& [name, text] : program->headers) check_text(*program, name, text);
    if (!program->log.empty()) return kCompilation;
    std::uint64_t sum = hash(program->source);
    for (const auto& [name, text] : program->headers) sum = hash(text, hash(name, sum));
    char line[64];
    snprintf(line, sizeof line, "source %016llx\n", static_cast<unsigned long long>(hash(all, sum)));
    program->image = argent_driver::kImageStart + std::string(line) + "name " + program->name + "\n";
    program->compiled = true;
    return kSuccess;
}

static int copy_text(void* handle, char* to, std::size_t* bytes, bool log)
{
    std::lock_guard<std::mutex> lock(guard);
    const Program* program = find(handle);
    if (!program || (!log && !program->compiled)) return kInvalidProgram;
    const std::string& text = log ? program->log : program->image;
    if (bytes) *bytes = text.size() + 1;
    if (to) memcpy(to, text.c_str(), text.size() + 1);
    return kSuccess;
}

ARGENT_API int nvrtcGetProgramLogSize(void* program, std::size_t* bytes) { return copy_text(program, nullptr, bytes, true); }
ARGENT_API int nvrtcGetProgramLog(void* program, char* log) { return copy_text(program, log, nullptr, true); }
ARGENT_API int nvrtcGetCUBINSize(void* program, std::size_t* bytes) { return copy_text(program, nullptr, bytes, false); }
ARGENT_API int nvrtcGetCUBIN(void* program, char* image) { return copy_text(program, image, nullptr, false); }
