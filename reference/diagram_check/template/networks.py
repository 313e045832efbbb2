"""Wirings by networks: from a function in a VPC, through a route and a VPN, to the premises."""

from collections.abc import Iterator

from diagram_check.template.grants import FUNCTIONS
from diagram_check.template.references import references
from diagram_check.template.resource import Resource
from diagram_check.template.sam_template import Place, Template
from diagram_check.template.wiring import Wiring


def networks(template: Template) -> Iterator[Wiring]:
    """Each function with a route to a VPN, with what is missing on the way."""
    for vpn in template.of_type("AWS::EC2::VPNConnection"):
        gateways = references(vpn.properties.get("VpnGatewayId"))
        for route in template.of_type("AWS::EC2::Route"):
            if not gateways & references(route.properties.get("GatewayId")):
                continue
            for function in template.of_type(*FUNCTIONS):
                if "VpcConfig" in function.properties:
                    yield _through_vpn(template, function, route, vpn)


def _through_vpn(template: Template, function: Resource, route: Resource, vpn: Resource) -> Wiring:
    network = route.properties.get("DestinationCidrBlock")
    needed = {
        f"{vpn.name} has no AWS::EC2::VPNGateway at its own end": [
            template.place(name, "Type")
            for name in sorted(references(vpn.properties.get("VpnGatewayId")))
            if name in template
        ],
        f"no AWS::EC2::VPCGatewayAttachment puts the gateway of {vpn.name} into the VPC": [
            template.place(it.name, "VpnGatewayId")
            for it in template.of_type("AWS::EC2::VPCGatewayAttachment")
            if references(it.properties.get("VpnGatewayId"))
            & references(vpn.properties.get("VpnGatewayId"))
        ],
        f"no AWS::EC2::VPNConnectionRoute of {vpn.name} leads to that network": [
            template.place(it.name, "DestinationCidrBlock")
            for it in template.of_type("AWS::EC2::VPNConnectionRoute")
            if vpn.name in references(it.properties.get("VpnConnectionId"))
            and it.properties.get("DestinationCidrBlock") == network
        ],
        f"no security group of {function.name} lets it out to that network": [
            template.place(name, "SecurityGroupEgress", index)
            for name in sorted(references(function.properties["VpcConfig"]))
            if name in template
            for index, rule in enumerate(
                template.resources[name].properties.get("SecurityGroupEgress", [])
            )
            if rule.get("CidrIp") == network
        ],
        f"{vpn.name} has no AWS::EC2::CustomerGateway at its other end": [
            template.place(name, "IpAddress")
            for name in sorted(references(vpn.properties.get("CustomerGatewayId")))
            if name in template
        ],
    }
    missing = next((problem for problem, places in needed.items() if not places), "")
    places: list[Place] = [
        template.place(function.name, "VpcConfig"),
        template.place(route.name, "GatewayId"),
        template.place(vpn.name, "VpnGatewayId"),
        *(place for found in needed.values() for place in found),
    ]
    return Wiring(function.name, vpn.name, "write", tuple(places), missing)
