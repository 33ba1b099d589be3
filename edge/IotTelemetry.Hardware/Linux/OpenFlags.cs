namespace IotTelemetry.Hardware.Linux;

/// <summary>Flags of open(2), the same on x86-64 and ARM.</summary>
[Flags]
internal enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    NonBlocking = 0x800,
    CloseOnExec = 0x80000,
}
