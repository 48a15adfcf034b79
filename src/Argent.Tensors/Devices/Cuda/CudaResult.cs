namespace Argent.Tensors;

/// <summary>The driver's return codes that the code or its sentences know.</summary>
static class CudaResult
{
    public const int Success = 0;
    public const int InvalidValue = 1;
    public const int OutOfMemory = 2;
    public const int NotInitialized = 3;
    public const int Deinitialized = 4;
    public const int StubLibrary = 34;
    public const int DeviceUnavailable = 46;
    public const int NoDevice = 100;
    public const int InvalidDevice = 101;
    public const int InvalidImage = 200;
    public const int NoBinaryForGpu = 209;
    public const int EccUncorrectable = 214;
    public const int InvalidPtx = 218;
    public const int UnsupportedPtxVersion = 222;
    public const int InvalidHandle = 400;
    public const int NotFound = 500;
    public const int NotReady = 600;
    public const int IllegalAddress = 700;
    public const int LaunchOutOfResources = 701;
    public const int LaunchTimeout = 702;
    public const int ContextIsDestroyed = 709;
    public const int Assert = 710;
    public const int HardwareStackError = 714;
    public const int IllegalInstruction = 715;
    public const int MisalignedAddress = 716;
    public const int InvalidAddressSpace = 717;
    public const int InvalidProgramCounter = 718;
    public const int LaunchFailed = 719;
    public const int SystemDriverMismatch = 803;
    public const int CaptureUnsupported = 900;
    public const int CaptureInvalidated = 901;
    public const int Unknown = 999;

    /// <summary>What a code means to the person who meets it, where that is known; otherwise empty.</summary>
    public static string Explain(int code) => code switch
    {
        OutOfMemory => "The device has no room for this; `argent plan` says what a catalogue takes.",
        NoDevice => "The driver sees no GPU: look at `nvidia-smi` and at CUDA_VISIBLE_DEVICES.",
        InvalidDevice => "There is no GPU of that number; `argent doctor` lists them.",
        StubLibrary => "The library found is the toolkit's stub, not the driver: take the folder of stubs out of LD_LIBRARY_PATH.",
        SystemDriverMismatch => "The library is of another version than the kernel's module: restart, or install the driver again.",
        DeviceUnavailable => "Another process holds the GPU, or it is in a mode that refuses more.",
        NoBinaryForGpu => "The kernel was compiled for another architecture than this GPU's.",
        UnsupportedPtxVersion => "The driver is older than the compiler of the kernel: install a newer driver or an older NVRTC.",
        InvalidImage or InvalidPtx => "The compiled kernel is damaged or not for this driver.",
        LaunchOutOfResources => "The kernel asks for more registers, threads or shared memory than a block may have.",
        IllegalAddress or MisalignedAddress or InvalidAddressSpace =>
            "A kernel that ran before touched memory that is not its own; everything on the device has to be loaded again.",
        LaunchFailed or IllegalInstruction or HardwareStackError or InvalidProgramCounter or Assert or LaunchTimeout =>
            "A kernel that ran before did not end well; everything on the device has to be loaded again.",
        Unknown => "The device may be gone: look at `nvidia-smi`; everything on it has to be loaded again.",
        EccUncorrectable => "The GPU's memory lost data; everything on it has to be loaded again, and the card be looked at.",
        CaptureUnsupported or CaptureInvalidated => "The call cannot be part of a graph that is being captured.",
        _ => "",
    };
}
