using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>A chip of the kernel's i2c-stub: registers without behaviour, bound to the chip's real driver.</summary>
internal sealed class I2cChip : IAsyncDisposable
{
    private readonly Guest _guest;
    private readonly int _address;

    private I2cChip(Guest guest, int address)
    {
        _guest = guest;
        _address = address;
    }

    /// <summary>Fills the registers and binds the driver.</summary>
    public static async Task<I2cChip> PlugAsync(Guest guest, string name, int address, string? driver, params (int Register, int Value, bool IsWord)[] registers)
    {
        var chip = new I2cChip(guest, address);
        foreach (var (register, value, isWord) in registers)
        {
            await (isWord ? chip.WordAsync(register, value) : chip.ByteAsync(register, value));
        }

        await guest.ShellAsync($"echo {name} 0x{address:x2} >/sys/bus/i2c/devices/i2c-0/new_device");
        if (driver is not null)
        {
            // Two drivers know the ina226; the one loaded first gets it.
            await guest.ShellAsync($"d=/sys/bus/i2c/devices/0-{address:x4}; if [ $(basename $(readlink -f $d/driver)) != {driver} ]; then echo 0-{address:x4} >$d/driver/unbind; echo 0-{address:x4} >/sys/bus/i2c/drivers/{driver}/bind; fi");
        }

        return chip;
    }

    public Task ByteAsync(int register, int value) => _guest.ShellAsync($"i2cset -f -y 0 0x{_address:x2} 0x{register:x2} 0x{value:x2} b");

    /// <summary>A register of two bytes, high byte first, as these chips have them; SMBus sends the low one first.</summary>
    public Task WordAsync(int register, int value) =>
        _guest.ShellAsync($"i2cset -f -y 0 0x{_address:x2} 0x{register:x2} 0x{((value & 0xff) << 8) | ((value >> 8) & 0xff):x4} w");

    public async ValueTask DisposeAsync() => await _guest.ShellAsync($"echo 0x{_address:x2} >/sys/bus/i2c/devices/i2c-0/delete_device");
}
