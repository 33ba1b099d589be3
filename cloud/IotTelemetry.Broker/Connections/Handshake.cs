using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Connections;

/// <summary>What a connection has to remember between the packets of an authentication.</summary>
internal sealed class Handshake(MqttConnectPacket connect)
{
    private ReadOnlyMemory<byte>? _data = connect.Properties.GetBytes(MqttPropertyId.AuthenticationData);
    private ReadOnlyMemory<byte>? _password = connect.Password;

    /// <summary>The CONNECT, until it is answered.</summary>
    public MqttConnectPacket? Connect { get; private set; } = connect;

    /// <summary>The authentication method, the same for the whole connection ([MQTT-4.12.0-5]).</summary>
    public string? Method { get; } = connect.Properties.GetString(MqttPropertyId.AuthenticationMethod);

    public int Step { get; private set; }

    public object? State { get; set; }

    /// <summary>The client has sent AUTH.</summary>
    public void Next(ReadOnlyMemory<byte>? data, bool isRestart)
    {
        _data = data;
        _password = null;
        Step = isRestart ? 0 : Step + 1;
        State = isRestart ? null : State;
    }

    public MqttClientAuthenticationRequest ToRequest(MqttClientInfo client) => new()
    {
        Client = client,
        Password = _password,
        Method = Method,
        Data = _data,
        Step = Step,
        IsReauthentication = Connect is null,
        State = State,
    };

    /// <summary>The client is in: lets go of CONNECT and password.</summary>
    public void Forget()
    {
        Connect = null;
        _password = null;
        _data = null;
        State = null;
    }
}
