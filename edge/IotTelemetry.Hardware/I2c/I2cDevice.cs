using System.Runtime.InteropServices;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.I2c;

/// <summary>
/// A chip without a kernel driver, through i2c-dev (linux/i2c-dev.h, linux/i2c.h). Calls may come from any thread; each transfer is one on the bus.
/// </summary>
public sealed unsafe class I2cDevice : IDisposable
{
    private const uint SetAddress = 0x0703;
    private const uint Smbus = 0x0720;
    private const uint Transfer = 0x0707;
    private const byte SmbusWrite = 0;
    private const byte SmbusRead = 1;
    private const uint SmbusByteData = 2;
    private const uint SmbusWordData = 3;
    private const ushort MessageRead = 1;

    private readonly FileDescriptor _file;
    private readonly string _description;
    private readonly ushort _address;

    private I2cDevice(FileDescriptor file, string description, ushort address)
    {
        _file = file;
        _description = description;
        _address = address;
    }

    /// <summary>Opens the chip at a 7-bit address, 0x08 to 0x77.</summary>
    /// <exception cref="LinuxException">The bus is missing or forbidden, or a kernel driver holds the address (then read it by IIO or hwmon).</exception>
    public static I2cDevice Open(I2cBus bus, int address)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentOutOfRangeException.ThrowIfLessThan(address, 0x08);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address, 0x77);
        var file = FileDescriptor.Open(bus.Path, OpenFlags.ReadWrite);
        var description = $"0x{address:x2} on {bus}";
        if (LibC.Control(file, SetAddress, (nuint)address) < 0)
        {
            var errno = LibC.LastError;
            file.Dispose();
            throw new LinuxException($"taking {description}", errno, errno == Errno.Busy ? "a kernel driver holds it: read it by IIO or hwmon" : null);
        }

        return new I2cDevice(file, description, (ushort)address);
    }

    /// <summary>SMBus read byte data.</summary>
    /// <exception cref="LinuxException">No answer.</exception>
    public byte ReadByte(byte register) => (byte)Access(SmbusRead, register, SmbusByteData, 0);

    /// <summary>SMBus read word data: the first byte on the bus is the low one. Most chips send the high byte first: see <see cref="ReadWordHighFirst"/>.</summary>
    /// <exception cref="LinuxException">No answer.</exception>
    public ushort ReadWordLowFirst(byte register) => Access(SmbusRead, register, SmbusWordData, 0);

    /// <summary>A word whose high byte comes first.</summary>
    /// <exception cref="LinuxException">No answer.</exception>
    public ushort ReadWordHighFirst(byte register) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(ReadWordLowFirst(register));

    /// <summary>SMBus write byte data.</summary>
    /// <exception cref="LinuxException">No answer.</exception>
    public void WriteByte(byte register, byte value) => Access(SmbusWrite, register, SmbusByteData, value);

    /// <summary>SMBus write word data, low byte first.</summary>
    /// <exception cref="LinuxException">No answer.</exception>
    public void WriteWordLowFirst(byte register, ushort value) => Access(SmbusWrite, register, SmbusWordData, value);

    /// <summary>A plain I2C transfer: writes, then reads after a repeated start. Not every adapter has it (SMBus-only ones do not).</summary>
    /// <exception cref="LinuxException">No answer, or the adapter has SMBus only.</exception>
    public void WriteRead(ReadOnlySpan<byte> write, Span<byte> read)
    {
        fixed (byte* writeStart = write)
        fixed (byte* readStart = read)
        {
            var messages = stackalloc Message[2];
            messages[0] = new Message { Address = _address, Length = (ushort)write.Length, Buffer = writeStart };
            messages[1] = new Message { Address = _address, Flags = MessageRead, Length = (ushort)read.Length, Buffer = readStart };
            var transfer = new Messages { First = messages, Count = read.IsEmpty ? 1u : 2u };
            if (LibC.Control(_file, Transfer, &transfer) < 0)
            {
                throw new LinuxException($"transfer of {write.Length} bytes to and {read.Length} from {_description}", LibC.LastError);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private ushort Access(byte direction, byte register, uint size, ushort value)
    {
        // union i2c_smbus_data is 34 bytes; the word and the byte share its beginning.
        var data = stackalloc byte[34];
        *(ushort*)data = value;
        var arguments = new SmbusArguments { Direction = direction, Command = register, Size = size, Data = data };
        if (LibC.Control(_file, Smbus, &arguments) < 0)
        {
            throw new LinuxException($"{(direction == SmbusRead ? "reading" : "writing")} register 0x{register:x2} of {_description}", LibC.LastError);
        }

        return size == SmbusByteData ? *data : *(ushort*)data;
    }

    /// <summary>struct i2c_smbus_ioctl_data.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SmbusArguments
    {
        public byte Direction;
        public byte Command;
        public uint Size;
        public byte* Data;
    }

    /// <summary>struct i2c_msg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public ushort Address;
        public ushort Flags;
        public ushort Length;
        public byte* Buffer;
    }

    /// <summary>struct i2c_rdwr_ioctl_data.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Messages
    {
        public Message* First;
        public uint Count;
    }
}
